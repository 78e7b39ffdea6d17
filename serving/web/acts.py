"""Acts of the audit trail as people read them: what was done, to what, and what it changed, entry by entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from serving.access.trail import RecordedAct
from serving.web.formats import NONE, Formats
from serving.web.languages import translations
from serving.web.languages import untranslated as _
from serving.web.words import word

ACTIONS = {
    "request_limit": _("request a limit"),
    "override_limit": _("override a limit"),
    "suspend_cover": _("stop cover"),
    "restore_limit": _("restore a limit"),
    "decide_approval": _("decide what waited"),
    "write_note": _("write a note"),
    "merge_buyers": _("take buyers as one"),
    "split_buyer": _("split a buyer"),
    "decide_standing": _("decide a standing"),
    "ask_promotion": _("ask for a promotion"),
    "ask_rollback": _("ask for a rollback"),
    "decide_model_change": _("decide a change of the model"),
    "promote": _("put a model into use"),
    "roll_back": _("roll a model back"),
    "preview_limits": _("preview a limit run"),
    "release_limits": _("release a limit run"),
    "compare_policies": _("compare policies"),
    "add_key": _("add an API key"),
    "revoke_key": _("revoke an API key"),
    "ship": _("ship"),
    "settle": _("settle"),
    "release": _("release a reservation"),
    "expire": _("let a reservation expire"),
    "overdue": _("report an overdue"),
    "claim": _("file a claim"),
    "claim_decision": _("decide a claim"),
    "recovery": _("record a recovery"),
    "merge": _("move a cover to another buyer"),
}
SUBJECTS = {
    "buyer": (_("buyer"), "/buyers/{}"),
    "exporter": (_("exporter"), "/exporters/{}"),
    "order": (_("order"), "/orders/{}"),
    "cover": (_("cover"), "/covers/{}"),
    "model": (_("model"), "/models/{}"),
    "claim": (_("claim"), "/claims/{}"),
    "preview": (_("limit run"), "/limit-runs/{}"),
    "comparison": (_("comparison of policies"), "/what-if/{}"),
    "key": (_("API key"), None),
}
# What the entries of acts are called; one that is not here stands by its own name.
ENTRIES = {
    "amount_cents": _("amount"),
    "amount_minor": _("amount in minor units"),
    "as_of": _("as known on"),
    "asked_by": _("asked by"),
    "champion": _("model in use"),
    "change_id": _("change"),
    "claim_id": _("claim"),
    "confirmed_by": _("confirmed by"),
    "cover_id": _("cover"),
    "decided_on": _("decided on"),
    "event_id": _("the asker's key"),
    "exposure_cents": _("exposure"),
    "filed_on": _("filed on"),
    "final": _("nothing more follows"),
    "grade": _("grade"),
    "has_communications": _("communication logs"),
    "has_customs": _("customs records"),
    "has_orders": _("order documents"),
    "is_override": _("override"),
    "limit": _("limit"),
    "limit_id": _("limit number"),
    "limits": _("number of limits"),
    "limits_cents": _("limits together"),
    "loss_cents": _("loss"),
    "loss_minor": _("loss in minor units"),
    "outcome": _("outcome"),
    "overridden": _("gates overridden"),
    "paid_on": _("paid on"),
    "policies": _("policies"),
    "policy_version": _("policy"),
    "prefix": _("first characters"),
    "proposal_id": _("proposal"),
    "reason": _("reason"),
    "received_on": _("received on"),
    "reported_on": _("reported on"),
    "role": _("role"),
    "scopes": _("scopes"),
    "shipped_on": _("shipped on"),
    "source": _("set by"),
    "standing": _("standing"),
    "status": _("status"),
    "text": _("text"),
    "valid_from": _("valid from"),
    "valid_to": _("valid until"),
    "version": _("version"),
}
# Entries whose values are words of the ledger, and so have a translation.
_WORDED = frozenset(("kind", "outcome", "role", "source", "standing", "status", "verdict"))


def subject_link(act: RecordedAct) -> str | None:
    """Lead to what an act concerns, where it has a page."""
    path = SUBJECTS.get(act.subject, ("", None))[1]
    return None if path is None else path.format(quote(act.subject_id, safe=""))


def title(act: str, formats: Formats) -> str:
    """Write an action in the reader's language; one that is not known stands as it is."""
    told = ACTIONS.get(act)
    return act.replace("_", " ") if told is None else str(translations(formats.language).gettext(told))


def subject(name: str, formats: Formats) -> str:
    """Write a kind of thing in the reader's language."""
    told = SUBJECTS.get(name)
    return name.replace("_", " ") if told is None else str(translations(formats.language).gettext(told[0]))


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of an act: what it is called, and its value before and after as written; None where it has none."""

    name: str
    before: str | None
    after: str | None


def changes(act: RecordedAct, formats: Formats) -> tuple[list[Change], list[Change]]:
    """Tell what an act changed or added, and how things stood that it rests on; what stayed as it was is left out."""
    before, after = _flat(act.before or {}), _flat(act.after or {})
    found = [
        Change(
            _named(name, formats),
            _written(name, before[name], formats) if name in before else None,
            _written(name, after[name], formats) if name in after else None,
        )
        for name in dict.fromkeys([*before, *after])
        if name not in before or name not in after or before[name] != after[name]
    ]
    return [each for each in found if each.after is not None], [each for each in found if each.after is None]


def _flat(told: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Bring nested entries to one level, their names joined by dots."""
    flat: dict[str, Any] = {}
    for name, value in told.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{above}{name}.")
        else:
            flat[f"{above}{name}"] = value
    return flat


def _named(name: str, formats: Formats) -> str:
    gettext = translations(formats.language).gettext
    return " · ".join(str(gettext(ENTRIES[part])) if part in ENTRIES else part for part in name.split("."))


def _written(name: str, value: Any, formats: Formats) -> str:  # noqa: ANN401 - what JSON holds
    if value in (None, [], ""):
        return NONE
    if isinstance(value, bool):
        return str(translations(formats.language).gettext(_("yes") if value else _("no")))
    if isinstance(value, int) and name.endswith("_cents"):
        return formats.money(value)
    if isinstance(value, list):
        return ", ".join(_written(name, each, formats) for each in value)
    if name.rpartition(".")[2] in _WORDED:
        return word(str(value), formats.language)
    return _dated(value, formats) if isinstance(value, str) else str(value)


def _dated(value: str, formats: Formats) -> str:
    """Write days and instants as the reader writes them, and all else as it is."""
    try:
        return formats.day(date.fromisoformat(value)) if len(value) == 10 else formats.instant(_instant(value))
    except ValueError:
        return value


def _instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("an instant bears its offset")
    return found
