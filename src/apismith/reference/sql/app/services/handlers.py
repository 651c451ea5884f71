"""What happens after something was created, updated or deleted.

A handler in the foreground runs in the same transaction, and what it raises undoes the change; one in the
background runs after the answer was sent.
"""

import structlog

from app.api.v1.schemas.articles import ArticleRead
from app.api.v1.schemas.comments import CommentRead

log = structlog.get_logger(__name__)


async def notify_author(comment: CommentRead) -> None:
    """Tell the author that somebody has commented."""
    log.warning("handler.not_written", handler="notify_author", id=str(comment.id))


async def keep_history(article: ArticleRead) -> None:
    """Remember what the article said before."""
    log.warning("handler.not_written", handler="keep_history", id=str(article.id))
