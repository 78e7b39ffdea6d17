"""Errors of the service, below those of `features.errors`; HTTP meets them in `serving.api.problems` only.

CallerError
├── NotSignedInError     nobody who is known asks
├── ForbiddenError       who asks may not do it
├── NotFoundError        nothing has that name
├── OtherBodyError       the same key came before with another content
└── RefusedError         the state of the thing does not allow it
"""

from features.errors import CallerError


class NotSignedInError(CallerError):
    """Nobody who is known asks."""


class ForbiddenError(CallerError):
    """Who asks may not do it."""


class NotFoundError(CallerError):
    """Nothing has that name."""


class OtherBodyError(CallerError):
    """The same key came before with another content."""


class RefusedError(CallerError):
    """The state of the thing does not allow what was asked."""
