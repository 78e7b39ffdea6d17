"""Errors of the service, below those of `features.errors`; HTTP meets them in `serving.api.problems` only.

CallerError
├── NotFoundError        nothing has that name
├── OtherBodyError       the same key came before with another content
└── RefusedError         the state of the thing does not allow it
"""

from features.errors import CallerError


class NotFoundError(CallerError):
    """Nothing has that name."""


class OtherBodyError(CallerError):
    """The same key came before with another content."""


class RefusedError(CallerError):
    """The state of the thing does not allow what was asked."""
