"""What clients send and get about campaigns."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import MISSING, ConfigDict, Field, JsonValue

from app.api.v1.schemas.base import Date, Duration, Input, Json, Schema, Text, Time
from app.api.v1.schemas.refs import ArticleRef
from app.core.clock import today
from app.core.ids import Id
from app.core.pagination import PageQuery
from app.core.values import Approximate, Digits, Whole, Word

CampaignName = Annotated[Text, Field(min_length=1, max_length=120)]
CampaignCode = Annotated[UUID, Field(description="What its links carry.")]
CampaignBudget = Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=Decimal("0")), Digits(), Approximate]
CampaignShare = Annotated[float, Field(strict=True, title="Share of readers", allow_inf_nan=False, ge=0.0, le=1.0)]
CampaignReach = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1), Whole]
CampaignActive = Annotated[bool, Field(strict=True)]
CampaignChannels = Annotated[list[Text], Field(max_length=8)]


class CampaignCreate(Input):
    """What a client sends to create a campaign."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Name",
                    "code": "00000000-0000-4000-8000-000000000001",
                    "budget": "1.00",
                    "starts": "2026-01-01",
                    "ends": "2026-01-01",
                    "mailed_at": "08:00:00",
                    "cooldown": "PT1H",
                    "share": 1.0,
                    "reach": 1,
                    "active": True,
                    "channels": ["Channels"],
                    "settings": {"number": 1},
                    "article_slug": "title",
                }
            ]
        }
    )

    name: CampaignName
    budget: CampaignBudget
    code: CampaignCode = Field(default_factory=uuid4)
    starts: Date = Field(default_factory=today)
    ends: Date | None = None
    mailed_at: Time = time(8, 30)
    cooldown: Duration | None = None
    share: CampaignShare = 1.0
    reach: CampaignReach = 0
    active: CampaignActive = True
    channels: CampaignChannels = Field(default_factory=list)
    settings: Json = Field(default_factory=dict)
    article_slug: Annotated[Text, Field(max_length=200)] | None = None


class CampaignUpdate(Input):
    """What a client sends to change a campaign: what is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Name", "code": "00000000-0000-4000-8000-000000000001"}]}
    )

    name: CampaignName | MISSING = MISSING
    code: CampaignCode | MISSING = MISSING
    budget: CampaignBudget | MISSING = MISSING
    starts: Date | MISSING = MISSING
    ends: Date | None | MISSING = MISSING
    mailed_at: Time | MISSING = MISSING
    cooldown: Duration | None | MISSING = MISSING
    share: CampaignShare | MISSING = MISSING
    reach: CampaignReach | MISSING = MISSING
    active: CampaignActive | MISSING = MISSING
    channels: CampaignChannels | MISSING = MISSING
    settings: Json | MISSING = MISSING
    article_slug: Annotated[Text, Field(max_length=200)] | None | MISSING = MISSING


class CampaignRead(Schema):
    """An effort to make articles known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "name": "Name",
                    "code": "00000000-0000-4000-8000-000000000001",
                    "budget": "1.00",
                    "starts": "2026-01-01",
                    "ends": "2026-01-01",
                    "mailed_at": "08:00:00",
                    "cooldown": "PT1H",
                    "share": 1.0,
                    "reach": 1,
                    "active": True,
                    "channels": ["Channels"],
                    "settings": {"number": 1},
                    "article": {"id": 1, "slug": "a-title", "title": "Title"},
                    "created_at": "2026-01-01T12:00:00Z",
                    "updated_at": "2026-01-01T12:00:00Z",
                    "version": 1,
                }
            ]
        }
    )

    id: Id
    name: str
    code: Annotated[UUID, Field(description="What its links carry.")]
    budget: Decimal
    starts: date
    ends: date | None
    mailed_at: time
    cooldown: timedelta | None
    share: Annotated[float, Field(title="Share of readers")]
    reach: int
    active: bool
    channels: list[str]
    settings: JsonValue
    article: ArticleRef | None
    created_at: datetime
    updated_at: datetime
    version: int


class CampaignQuery(PageQuery):
    """Which campaigns to list, and in which order."""

    order: Literal["-starts", "name"] = "-starts"
    active: Annotated[bool, Word] | None = None
    article_slug: Annotated[Text, Field(max_length=200)] | None = None
