"""The sections of the console, and who sees which."""

from dataclasses import dataclass

from serving.access.permissions import may
from serving.access.principal import Principal
from serving.web.languages import untranslated as _


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation: where it leads, what it is called, and the action without which nobody sees it."""

    path: str
    title: str
    action: str | None = None


SECTIONS = (
    Section("/desk", _("My desk")),
    Section("/buyers", _("Buyers")),
    Section("/claims", _("Claims")),
    Section("/whitelist", _("Whitelist")),
    Section("/book", _("The book")),
    Section("/limit-runs", _("Limit runs")),
    Section("/models", _("Models")),
    Section("/audit", _("Audit"), "list_audit"),
)


def sections_of(principal: Principal | None) -> tuple[Section, ...]:
    """Give the sections that a reader sees once signed in; what may be done there is each page's affair."""
    if principal is None:
        return ()
    return tuple(each for each in SECTIONS if each.action is None or may(principal, each.action))
