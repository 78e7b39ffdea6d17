"""Asking at once whether a registry is there, for MLflow itself would try again for minutes."""

import os
from urllib.parse import urlsplit

import httpx
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from features.errors import ConfigError, UnavailableError
from features.home import home

_TIMEOUT_S = 5.0
_REMEDY = "check MLFLOW_TRACKING_URI and try again"


def registry_uri() -> str:
    """Give `MLFLOW_TRACKING_URI`, or a SQLite database of its own under the home."""
    told = os.environ.get("MLFLOW_TRACKING_URI")
    if told:
        return told
    home().mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{home() / 'mlflow.db'}"


def check_reachable(uri: str) -> None:
    """Open a connection to a tracking server or database and close it again.

    Raises:
        ConfigError: it is no address of either.
        UnavailableError: nothing answers there within five seconds.
    """
    if urlsplit(uri).scheme in {"http", "https"}:
        _ask(uri)
    elif urlsplit(uri).scheme not in {"", "file"}:
        _connect(uri)


def _ask(uri: str) -> None:
    try:
        httpx.get(f"{uri.rstrip('/')}/health", timeout=_TIMEOUT_S)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise UnavailableError("registry", uri, f"does not answer ({error})", _REMEDY) from error


def _connect(uri: str) -> None:
    try:
        url = make_url(uri)
        patience = {"connect_timeout": round(_TIMEOUT_S)} if url.get_backend_name() == "postgresql" else {}
        engine = create_engine(url, connect_args=patience)
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        raise ConfigError("MLFLOW_TRACKING_URI", _shown(uri), "is no address of a registry", _REMEDY) from error
    try:
        with engine.connect():
            pass
    except SQLAlchemyError as error:
        cause = f"does not answer ({str(error).splitlines()[0]})"
        raise UnavailableError("registry", _shown(uri), cause, _REMEDY) from error
    finally:
        engine.dispose()


def _shown(uri: str) -> str:
    """Hide a password."""
    try:
        return make_url(uri).render_as_string()
    except ArgumentError:
        return uri.rpartition("@")[2]
