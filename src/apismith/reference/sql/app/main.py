"""The application: `uvicorn app.main:app`."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Final

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import defaults
from app.api import docs, health
from app.api.openapi import Api
from app.api.v1.router import include_routers
from app.config import Settings, get_settings
from app.core.database import Database
from app.core.failures import EXCEPTION_HANDLERS
from app.core.limits import create_limiter
from app.core.logging import configure_logging
from app.exceptions import errors
from app.middleware import middleware

# FastAPI asks at each request whether OpenTelemetry was set up. Without its SDK it cannot be.
HAS_TELEMETRY: Final = find_spec("opentelemetry.sdk") is not None

log = structlog.stdlib.get_logger(__name__)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application with these settings; with those of the environment if none are given."""
    settings = settings or get_settings()
    configure_logging(settings)
    if settings.is_production and "allowed_hosts" not in settings.model_fields_set:
        log.warning("hosts.any", hint="Set ALLOWED_HOSTS to the names under which the backend is reached.")
    limiter = create_limiter(settings)
    app = Api(
        title=defaults.TITLE,
        description=defaults.DESCRIPTION,
        version=defaults.VERSION,
        openapi_url="/openapi.json" if settings.docs_enabled else None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=middleware(settings, limiter),
        lifespan=lifespan,
        # Failures have their lines in the log: exported ones would carry what clients have sent.
        telemetry={"tracing": HAS_TELEMETRY, "metrics": HAS_TELEMETRY, "logs": False},
    )
    app.state.settings = settings
    app.state.database = Database(settings)
    app.state.limiter = limiter
    app.include_router(health.router)
    include_routers(app, responses=errors(400, 408, 413, 429, 500, 503))
    if settings.docs_enabled:
        docs.add_docs(app)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Nothing is opened here: the server starts without its database, and `/health/ready` says so."""
    if app.state.settings.is_production:
        # What was imported stays: the garbage collector need not look through it again and again, and not at each
        # request for what the last one left.
        gc.freeze()
        gc.set_threshold(10_000)
    yield
    await app.state.database.close()
    await app.state.limiter.close()


def operation_id(route: APIRoute) -> str:
    """The endpoint's own name, which clients that are generated from OpenAPI call it by."""
    return route.name


app = create_app()
