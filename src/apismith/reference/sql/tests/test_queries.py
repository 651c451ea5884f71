"""Queries that answer with a plain value, as clients see them."""

import pytest
from httpx2 import AsyncClient

from app.core.database import Database
from app.models import user_following
from tests.actors import Actors
from tests.factories import Factories
from tests.support import API, link

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("who", "status"), [("anonymous", 401), ("member", 200), ("admin", 200), ("editor", 200)])
async def test_who_may_get_following_count(client: AsyncClient, actors: Actors, who: str, status: int) -> None:
    headers = await actors.headers(who)
    answer = await client.get(f"{API}/profiles/following/count", headers=headers)
    assert answer.status_code == status, answer.text


async def test_following_count_does_what_it_says(
    client: AsyncClient, actors: Actors, make: Factories, database: Database
) -> None:
    me = await actors.make()
    first_user = await make.user()
    await link(database, user_following, user_id=me.id, following_id=first_user.id)
    second_user = await make.user()
    await link(database, user_following, user_id=me.id, following_id=second_user.id)
    answer = await client.get(f"{API}/profiles/following/count", headers=me.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json() == 2
