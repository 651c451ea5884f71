"""The application: `uvicorn app.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import defaults
from app.api import docs, health
from app.api.openapi import Api
from app.api.v1.router import router
from app.config import Settings, get_settings
from app.core.database import Database
from app.core.failures import EXCEPTION_HANDLERS
from app.core.logging import configure_logging
from app.exceptions import errors
from app.middleware import middleware


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application with these settings; with those of the environment if none are given."""
    settings = settings or get_settings()
    configure_logging(settings)
    app = Api(
        title=defaults.TITLE,
        description=defaults.DESCRIPTION,
        version=defaults.VERSION,
        openapi_url="/openapi.json" if settings.docs_enabled else None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=middleware(settings),
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.database = Database(settings)
    app.include_router(router, responses=errors(400, 413, 500, 503))
    app.include_router(health.router)
    if settings.docs_enabled:
        docs.add_docs(app)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Nothing is opened here: the server starts without its database, and `/health/ready` says so."""
    yield
    await app.state.database.close()


def operation_id(route: APIRoute) -> str:
    """The endpoint's own name, which clients that are generated from OpenAPI call it by."""
    return route.name


app = create_app()
