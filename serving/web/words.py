"""The words of the ledger and of decisions, as people read them."""

from functools import cache

from models.reasons import Language
from serving.web.languages import translations
from serving.web.languages import untranslated as _

_WORDS = {
    # roles
    "underwriter": _("underwriter"),
    "senior": _("senior underwriter"),
    "modeller": _("risk modeller"),
    "auditor": _("auditor"),
    "platform": _("trade platform"),
    "ledger": _("through the ledger"),
    "machine": _("the machine"),
    # limits
    "approved": _("approved"),
    "partly_approved": _("partly approved"),
    "conditional": _("conditional"),
    "refused": _("refused"),
    "investigating": _("under investigation"),
    "reduced": _("reduced"),
    "cancelled": _("cancelled"),
    "suspended": _("cover stopped"),
    "restored": _("restored"),
    "discretionary": _("discretionary limit"),
    "expired": _("expired"),
    # who set a limit
    "model": _("the model"),
    "event": _("a notice"),
    # order checks
    "covered": _("covered"),
    "partly_covered": _("partly covered"),
    "declined": _("declined"),
    "referred": _("referred"),
    # covers
    "reserved": _("reserved"),
    "shipped": _("shipped"),
    "settled": _("settled"),
    "released": _("released"),
    "claimed": _("claimed"),
    "compensated": _("compensated"),
    "rejected": _("rejected"),
    "withdrawn": _("withdrawn"),
    "accepted": _("accepted"),
    "waiting": _("waiting"),
    "decided": _("decided"),
    "complete": _("complete"),
    "incomplete": _("incomplete"),
    "undone": _("undone"),
    # what happens to an order or cover
    "reserve": _("cover reserved"),
    "ship": _("goods shipped"),
    "settle": _("payment"),
    "payment": _("payment"),
    "release": _("released unshipped"),
    "expire": _("reservation ran out"),
    "overdue": _("overdue notice"),
    "claim": _("claim filed"),
    "claim_decision": _("claim decided"),
    "claim_accepted": _("claim, accepted"),
    "claim_rejected": _("claim, rejected"),
    "claim_withdrawn": _("claim, withdrawn"),
    "recovery": _("money recovered"),
    "merge": _("buyer merged"),
    # requests
    "new": _("new"),
    "increase": _("increase"),
    "reduce": _("reduction"),
    "cancel": _("cancellation"),
    "prolong": _("prolongation"),
    # what waits on the desk
    "limit_request": _("limit request"),
    "override": _("override"),
    "suspend": _("stop of cover"),
    "restore": _("restoration"),
    "referral": _("referred order"),
    "own_authority": _("on own authority"),
    # signs by which an order is referred; the figures stand on the order's page
    "many_new_exporters": _("many new exporters within a few days"),
    "jump_against_paid": _("far above anything that the buyer ever paid"),
    "limit_under_review": _("the limit is under review"),
    "limit_full": _("the limit is full"),
    "partly_fits": _("only a part fits within the limit"),
    "unknown_buyer": _("nobody assessed the buyer"),
    "exporter_ceiling": _("the exporter's ceiling is reached"),
    "country_ceiling": _("the country's ceiling is reached"),
    "programme_ceiling": _("the programme year's ceiling is reached"),
    # exporters
    "standard": _("standard"),
    "whitelisted": _("whitelisted"),
    "candidate": _("candidate"),
    "champion": _("champion"),
    "challenger": _("challenger"),
    "former": _("former"),
    "constant": _("constant"),
    "scorecard": _("scorecard"),
    "lightgbm": _("boosted trees"),
    "boosted": _("boosted trees"),
    "blend": _("blend of both"),
    # changes of the model in use
    "promote": _("promotion"),
    "roll_back": _("rollback"),
    "promoted": _("put into use"),
    "rolled back": _("rolled back to"),
    "change_waiting": _("waits for confirmation"),
    "change_confirmed": _("confirmed, being carried out"),
    "change_in_use": _("carried out"),
    "change_declined": _("declined by a colleague"),
    "change_withdrawn": _("withdrawn by who asked"),
    "change_failed": _("failed"),
    "change_expired": _("expired unconfirmed"),
    "change_superseded": _("superseded"),
    "none": _("not rated"),
    # limit runs
    "run_waiting": _("waiting"),
    "run_running": _("being worked out"),
    "run_failed": _("failed"),
    "run_ready": _("preview"),
    "run_released": _("in force"),
    "compared_waiting": _("waiting"),
    "compared_running": _("being worked out"),
    "compared_failed": _("failed"),
    "compared_ready": _("compared"),
    "on trial": _("policy on trial"),
    "stop": _("stop of cover"),
    "not_yet": _("not yet"),
    "excluded": _("excluded"),
    # what the whitelist asks for
    "tenure_days": _("Days since the first order"),
    "trade": _("Sold on credit within the window"),
    "documents_share": _("Orders and claims with full documents"),
    "claims_share": _("Claims an order"),
    "loss_share": _("Lost of what was sold"),
    "buyer_pd": _("Mean PD of its buyers"),
    "dispute_share": _("Disputed orders"),
    "top_buyer_share": _("Sold to the largest buyer"),
}

# How a word is toned: what asks for care, what is well, what is neither.
_TONES = {
    "good": {
        "change_in_use",
        "approved",
        "champion",
        "covered",
        "settled",
        "whitelisted",
        "candidate",
        "restored",
        "accepted",
        "complete",
        "run_released",
    },
    "warn": {
        "partly_approved",
        "conditional",
        "investigating",
        "referred",
        "discretionary",
        "reduced",
        "partly_covered",
        "change_waiting",
        "change_confirmed",
        "incomplete",
    },
    "bad": {
        "change_failed",
        "change_declined",
        "refused",
        "suspended",
        "cancelled",
        "expired",
        "declined",
        "claimed",
        "excluded",
        "rejected",
        "run_failed",
        "compared_failed",
    },
}


@cache
def word(key: str, language: Language) -> str:
    """Write a stable word in a language; one that is not known stands as it is."""
    return str(translations(language).gettext(_WORDS[key])) if key in _WORDS else key


@cache
def tone(key: str) -> str:
    """Tell the tone of a word: `good`, `warn`, `bad`, or none."""
    return next((tone for tone, words in _TONES.items() if key in words), "")
