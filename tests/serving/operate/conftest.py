"""The application asked by the platform, as the API's own tests have it."""

from tests.serving.api.conftest import anybody, bearer, client, keys

__all__ = ["anybody", "bearer", "client", "keys"]
