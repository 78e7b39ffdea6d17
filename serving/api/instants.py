"""The instant at which a route is asked what was known, for all routes alike."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from features.errors import CallerError


async def _known_at(
    known_at: Annotated[AwareDatetime | None, Query(description="as known at this instant; now by default")] = None,
) -> datetime:
    """Give the instant, now where none is named.

    Raises:
        CallerError: it is no instant of the calendar: an offset took it out of the years 1 to 9999.
    """
    if known_at is None:
        return datetime.now(UTC)
    try:
        known_at.astimezone(UTC)
    except OverflowError as error:
        cause, remedy = "is outside the years 1 to 9999 in UTC", "name an instant within them"
        raise CallerError("known_at", known_at.isoformat(), cause, remedy) from error
    return known_at


KnownAt = Annotated[datetime, Depends(_known_at)]
