"""Logs as structured events: JSON lines in production, readable lines elsewhere."""

import json
import logging
import sys
from io import StringIO
from typing import Any, Final, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, ExcInfo, FilteringBoundLogger, Processor, WrappedLogger

from app.config import Settings

SECRET_KEYS: Final = frozenset({"authorization", "cookie", "password", "password_hash", "secret", "token"})


def configure_logging(settings: Settings) -> None:
    """Send structlog's events, and those of libraries that use `logging`, to standard output in one format."""
    shared = _shared_processors()
    renderers: list[Processor] = [
        _escape_event,
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=_traceback),
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
    # Its statements come with their values, such as hashes of passwords.
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    # The middleware logs each request, with more than uvicorn knows about it.
    logging.getLogger("uvicorn.access").disabled = True


def request_logger(settings: Settings) -> FilteringBoundLogger:
    """The logger of requests, which writes a line for each."""
    if not settings.is_production:
        logger: FilteringBoundLogger = structlog.get_logger("app.requests")
        return logger
    # Past `logging`, which takes longer for a line than all middleware together.
    direct = structlog.wrap_logger(
        StandardOutput(),
        processors=[*_shared_processors(), structlog.processors.JSONRenderer(_to_json)],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
    )
    bound: FilteringBoundLogger = direct.bind()
    return bound


class StandardOutput:
    """Writes lines to whatever is standard output at the time."""

    def info(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    warning = info


def _to_json(event: EventDict, **options: Any) -> str:
    try:
        return to_json(event, ensure_ascii=True, fallback=repr).decode()
    except ValueError:  # half of a surrogate pair, which only the slower one can write
        return json.dumps(event, **options)


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]


def _hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for key in SECRET_KEYS & event.keys():
        event[key] = "(hidden)"
    return event


def _escape_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["event"] = _printable(str(event["event"]))
    return event


def _traceback(output: TextIO, exc_info: ExcInfo) -> None:
    """A traceback without the values of variables, which may be passwords; no line of it looks like one of the log."""
    plain = StringIO()
    structlog.dev.plain_traceback(plain, exc_info)
    output.write("".join(f"\n  {_printable(line)}" for line in plain.getvalue().strip("\n").split("\n")))


def _printable(text: str) -> str:
    """The text on one line, and without what a terminal would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def current_request_id() -> str:
    """The id of the request that is being answered; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
