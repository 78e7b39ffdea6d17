"""Who asks, for routes; and in which words they are told why."""

from typing import Annotated

from fastapi import Depends, Request

from models.reasons import Audience
from serving.access.principal import Principal


async def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


Asking = Annotated[Principal, Depends(_principal)]


def audience_of(principal: Principal) -> Audience:
    """Tell which texts somebody gets: the platform passes them on to exporters."""
    return "exporter" if principal.role == "platform" else "underwriter"
