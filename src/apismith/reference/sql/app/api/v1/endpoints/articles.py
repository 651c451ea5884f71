"""Articles over HTTP. Rules live in `services.articles`, SQL in `repositories.articles`."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Response, status
from pydantic import Field

from app.api.idempotency import Once
from app.api.route import Route
from app.api.v1.providers import ReadArticles, WriteArticles
from app.api.v1.schemas.articles import (
    ArticleBulkCreate,
    ArticleCreate,
    ArticleQuery,
    ArticleRead,
    ArticleReportInput,
    ArticleUpdate,
)
from app.api.v1.schemas.base import Text
from app.api.v1.schemas.bulk import Items
from app.core.deprecation import deprecation
from app.core.pagination import NextLink, Page, PageQuery
from app.core.routing import Router
from app.dependencies import Member
from app.exceptions import errors

router = Router(prefix="/articles", tags=["articles"], route_class=Route)


@router.get("/feed", summary="Articles by the authors that one follows", responses=errors(401, 404, 422))
async def feed(
    query: Annotated[PageQuery, Query()], articles: ReadArticles, me: Member, next_link: NextLink
) -> Page[ArticleRead]:
    """Articles by the authors that one follows."""
    return next_link.of(await articles.feed(query, me))


@router.get(
    "/trending",
    summary="Articles that many read these days",
    deprecated=True,
    dependencies=[Depends(deprecation(since=date(2026, 1, 1), sunset=date(2027, 1, 1)))],
    responses=errors(422, 501),
)
async def trending(
    articles: ReadArticles, days: Annotated[int, Field(ge=-(2**63), le=2**63 - 1)] = 7
) -> list[ArticleRead]:
    """Articles that many read these days."""
    return await articles.trending(days)


@router.post("/{slug}/favorite", summary="Favorite an article", responses=errors(401, 403, 404, 409, 422))
async def favorite_article(
    slug: Annotated[Text, Path(max_length=200)], articles: WriteArticles, me: Member, _: Once
) -> ArticleRead:
    """Favorite an article."""
    return await articles.favorite(slug, me)


@router.delete(
    "/{slug}/favorite", summary="Take an article out of one's favorites", responses=errors(401, 403, 404, 409, 422)
)
async def unfavorite_article(
    slug: Annotated[Text, Path(max_length=200)], articles: WriteArticles, me: Member
) -> ArticleRead:
    """Take an article out of one's favorites."""
    return await articles.unfavorite(slug, me)


@router.post("/{slug}/publish", summary="Show an article to everybody", responses=errors(401, 403, 404, 409, 422))
async def publish_article(
    slug: Annotated[Text, Path(max_length=200)], articles: WriteArticles, me: Member, _: Once
) -> ArticleRead:
    """Show an article to everybody."""
    return await articles.publish(slug, me)


@router.post(
    "/{slug}/report",
    summary="Tell the editors what is wrong with an article",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=errors(401, 403, 404, 409, 415, 422, 501),
)
async def report_article(
    slug: Annotated[Text, Path(max_length=200)], body: ArticleReportInput, articles: WriteArticles, me: Member, _: Once
) -> None:
    """Tell the editors what is wrong with an article."""
    await articles.report(slug, body, me)


@router.get("", summary="List articles", responses=errors(404, 422))
async def list_articles(
    query: Annotated[ArticleQuery, Query()], articles: ReadArticles, next_link: NextLink
) -> Page[ArticleRead]:
    return next_link.of(await articles.page(query))


@router.post(
    "", summary="Create an article", status_code=status.HTTP_201_CREATED, responses=errors(401, 403, 409, 415, 422)
)
async def create_article(
    body: ArticleCreate, articles: WriteArticles, me: Member, response: Response, _: Once
) -> ArticleRead:
    article = await articles.create(body, me)
    response.headers["Location"] = f"/api/v1/articles/{article.slug}"
    return article


@router.post(
    "/bulk",
    summary="Create several articles, all of them or none",
    status_code=status.HTTP_201_CREATED,
    responses=errors(401, 403, 409, 415, 422),
)
async def bulk_create_articles(
    body: ArticleBulkCreate, articles: WriteArticles, me: Member, _: Once
) -> Items[ArticleRead]:
    return Items(items=await articles.bulk_create(body.items, me))


@router.get("/{slug}", summary="Read an article", responses=errors(404, 422))
async def read_article(slug: Annotated[Text, Path(max_length=200)], articles: ReadArticles) -> ArticleRead:
    return await articles.get(slug)


@router.patch("/{slug}", summary="Change an article", responses=errors(401, 403, 404, 409, 415, 422))
async def update_article(
    slug: Annotated[Text, Path(max_length=200)], body: ArticleUpdate, articles: WriteArticles, me: Member
) -> ArticleRead:
    return await articles.update(slug, body, me)


@router.delete(
    "/{slug}", summary="Delete an article", status_code=status.HTTP_204_NO_CONTENT, responses=errors(401, 403, 404, 422)
)
async def delete_article(slug: Annotated[Text, Path(max_length=200)], articles: WriteArticles, me: Member) -> None:
    await articles.delete(slug, me)
