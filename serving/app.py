"""The whole application: the API, and the console on every path that is not the API's."""

import atexit
import gc

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


def lasting_app(url: str, configured: Settings) -> FastAPI:
    """Build the application of a process that does nothing else, and put what is there by now out of a collector's way.

    It stays as long as the process does; a collection that looked through it all would hold up requests for 0.3 s.
    """
    app = create_app(url, configured)
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # so that the interpreter can take everything down in order
    return app


def worker_app() -> FastAPI:
    """Build the application in a worker process, which is told of the database by its environment."""
    configured = settings()
    assert configured.database_url is not None, "the parent process sets BOLANGGU_DATABASE_URL"
    return lasting_app(configured.database_url.get_secret_value(), configured)
