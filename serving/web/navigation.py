"""The sections of the console, and who sees which."""

from dataclasses import dataclass

from serving.access.principal import Principal
from serving.web.languages import untranslated as _


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation: where it leads, and what it is called."""

    path: str
    title: str


SECTIONS = (
    Section("/desk", _("My desk")),
    Section("/buyers", _("Buyers")),
    Section("/whitelist", _("Whitelist")),
    Section("/book", _("The book")),
    Section("/models", _("Models")),
)


def sections_of(principal: Principal | None) -> tuple[Section, ...]:
    """Give the sections that a reader sees: all, once signed in; what may be done there is each page's affair."""
    return SECTIONS if principal is not None else ()
