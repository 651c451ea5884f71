"""What a backend has logged, down to the last line of the last library."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.config import Settings
from app.core.logging import configure_logging


@contextmanager
def everything_logged(settings: Settings, patch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to standard output and standard error in this block, where nothing is left out of logs."""
    output = io.StringIO()
    level = logging.getLogger().level
    with patch.context() as inside:
        inside.setattr(sys, "stdout", output)
        inside.setattr(sys, "stderr", output)
        inside.setattr(logging.getLogger("httpx2"), "disabled", True)  # the client, which is no part of the backend
        configure_logging(settings.model_copy(update={"log_level": "DEBUG"}))
        yield output
    configure_logging(settings)
    logging.getLogger().setLevel(level)
