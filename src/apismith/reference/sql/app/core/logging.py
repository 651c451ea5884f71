"""Logs as structured events: JSON lines in production, readable lines elsewhere."""

import json
import logging
import sys
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Final, Protocol, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

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


class RequestLog(Protocol):
    """What writes the line of a request."""

    def info(self, event: str, **fields: Any) -> Any:
        """As usual."""

    def warning(self, event: str, **fields: Any) -> Any:
        """For slow ones."""


def request_log(settings: Settings) -> RequestLog:
    """What writes a line for each request: structlog, and in production its lines without its detours."""
    return JsonLines(settings.log_level) if settings.is_production else structlog.get_logger("app.requests")


class JsonLines:
    """Writes JSON lines to whatever is standard output at the time.

    They look like those of `configure_logging`, which take longer than all middleware together. Fields are written as
    they are: none of them may be a secret.
    """

    def __init__(self, level: str) -> None:
        self._level = logging.getLevelNamesMapping()[level]

    def info(self, event: str, **fields: Any) -> None:
        """Write a line."""
        if self._level <= logging.INFO:
            self._write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Write a line of more weight."""
        if self._level <= logging.WARNING:
            self._write("warning", event, fields)

    def _write(self, level: str, event: str, fields: dict[str, Any]) -> None:
        timestamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        context = structlog.contextvars.get_contextvars()
        line = {**fields, **context, "event": event, "level": level, "timestamp": timestamp}
        sys.stdout.write(f"{_to_json(line)}\n")
        sys.stdout.flush()


def _to_json(event: dict[str, Any]) -> str:
    try:
        return to_json(event, ensure_ascii=True, fallback=repr).decode()
    except ValueError:  # half of a surrogate pair, which only the slower one can write
        return json.dumps(event, default=repr)


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
