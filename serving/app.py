"""The whole application: the API, and the console on every path that is not the API's."""

from fastapi import FastAPI

from serving.api.app import create_app as create_api
from serving.models.registry import ModelRegistry
from serving.settings import Settings, settings
from serving.web.app import Console, create_console


def create_app(url: str, configured: Settings, registry: ModelRegistry | None = None) -> FastAPI:
    """Build the application for a migrated database; the settings name a registry where none is given."""
    app = create_api(url, configured, registry)
    app.router.routes.append(Console("/", app=create_console(), name="console"))
    return app


def worker_app() -> FastAPI:
    """Build the application in a worker process, which is told of the database by its environment."""
    configured = settings()
    assert configured.database_url is not None, "the parent process sets BOLANGGU_DATABASE_URL"
    return create_app(configured.database_url.get_secret_value(), configured)
