"""What a page says at its head after something was done: the address names it, so that a reload says it again."""

from fastapi import Request
from fastapi.responses import RedirectResponse

from serving.web.languages import untranslated as _
from serving.web.render import Notice, sentence

_SAID = {
    "waiting": _("Proposed. It now waits on the desk for a colleague."),
    "approved": _("Approved, and in force from now on."),
    "partly_approved": _("Partly approved, and in force from now on."),
    "refused": _("Refused."),
    "withdrawn": _("Withdrawn."),
    "undone": _("Undone: what stood before holds again from now on."),
    "noted": _("The note is kept."),
    "standing": _("The exporter's standing is set, and holds for orders from now on."),
    "declined": _("Declined; the exporter stays at the standard rate."),
    "released": _("The limits are released: all of the run are in force."),
    "asked_change": _("Asked for. It waits for another person to confirm it."),
    "change_confirmed": _("Confirmed. It is being carried out; the history tells when the version is in use."),
    "change_declined": _("Declined; the model in use stays."),
    "change_withdrawn": _("Withdrawn."),
    "reading": _("The registry is being read anew."),
    "looking": _("The champion's drift is being looked at."),
    "claim_accepted": _("The claim is accepted and compensated."),
    "claim_rejected": _("The claim is declined."),
    "claim_withdrawn": _("The claim is withdrawn."),
    "recovered": _("The money is recorded; programme and exporter share it."),
}


def said(request: Request) -> Notice | None:
    """Give the notice that the address names; one that nobody says is none."""
    text = _SAID.get(request.query_params.get("said", ""))
    return None if text is None else Notice(sentence(request, text))


def done(path: str, what: str) -> RedirectResponse:
    """Lead on to a page that says what was done; a reload there does nothing again."""
    address, _mark, place = path.partition("#")
    joint = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}said={what}" + (f"#{place}" if place else ""), 303)
