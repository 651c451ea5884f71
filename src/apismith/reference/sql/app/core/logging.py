"""Logs as structured events: JSON lines in production, readable lines elsewhere."""

import logging
import sys
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.config import Settings

SECRET_KEYS: Final = frozenset({"authorization", "cookie", "password", "password_hash", "secret", "token"})


def configure_logging(settings: Settings) -> None:
    """Send structlog's events, and those of libraries that use `logging`, to standard output in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    # Plain tracebacks: richer ones print the values of variables, which may be passwords.
    renderers: list[Processor] = [
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
    ]
    if settings.is_production:
        renderers = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.setLevel(settings.log_level)
    # Only a handler from here is replaced: others belong to who started the process, such as pytest.
    others = [other for other in root.handlers if not isinstance(other.formatter, structlog.stdlib.ProcessorFormatter)]
    root.handlers = [*others, handler]
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # The middleware logs each request, with more than uvicorn knows about it.
    logging.getLogger("uvicorn.access").disabled = True


def _hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key in SECRET_KEYS & event.keys():
        event[key] = "(hidden)"
    return event


def current_request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
