"""The one table of permissions: which roles may do an action; whatever does not stand here nobody may.

An action has the name of its use case and, where the API has it, of its endpoint.
"""

from serving.access.principal import Principal, Role
from serving.errors import ForbiddenError

_PLATFORM: frozenset[Role] = frozenset(("platform",))
_UNDERWRITERS: frozenset[Role] = frozenset(("underwriter", "senior"))
_MODELLERS: frozenset[Role] = frozenset(("modeller", "senior"))
_READERS: frozenset[Role] = frozenset(("underwriter", "senior", "modeller", "auditor"))

PERMISSIONS: dict[str, frozenset[Role]] = {
    # order time
    "check_order": _PLATFORM,
    "check_batch": _PLATFORM,
    "get_order_check": _PLATFORM | _READERS,
    # covers and claims
    "get_cover": _PLATFORM | _READERS,
    "list_covers": _PLATFORM | _READERS,
    "ship": _PLATFORM,
    "settle": _PLATFORM,
    "release": _PLATFORM,
    "overdue": _PLATFORM,
    "file_claim": _PLATFORM,
    "get_claim": _PLATFORM | _READERS,
    "list_claims": _PLATFORM | _READERS,
    "decide_claim": _UNDERWRITERS,
    "recover": _UNDERWRITERS,
    # buyers and their limits
    "get_limit": _PLATFORM | _READERS,
    "get_limit_history": _READERS,
    "list_limits": _READERS,
    "search_buyers": _READERS,
    "get_buyer": _READERS,
    "merge_buyers": _UNDERWRITERS,
    "split_buyer": frozenset(("senior",)),  # two limits may bear more than one
    "list_notes": _READERS,
    "write_note": _UNDERWRITERS,
    # the desk
    "request_limit": _PLATFORM | _UNDERWRITERS,
    "override_limit": _UNDERWRITERS,
    "suspend_cover": _UNDERWRITERS,
    "restore_limit": _UNDERWRITERS,
    "list_requests": _PLATFORM | _READERS,
    "list_approvals": _READERS,
    "get_approval": _PLATFORM | _READERS,
    "decide_approval": _PLATFORM | _UNDERWRITERS,  # a key may withdraw what it asked for, and no more
    # limit runs, and policies tried on the book
    "preview_limits": _UNDERWRITERS,
    "release_limits": _UNDERWRITERS,
    "list_limit_runs": _READERS,
    "get_limit_run": _READERS,
    "list_limit_changes": _READERS,
    "compare_policies": _UNDERWRITERS | {"modeller"},
    "list_comparisons": _READERS,
    "get_comparison": _READERS,
    # the whitelist
    "list_candidates": _READERS,
    "decide_standing": _UNDERWRITERS,
    # the book and its models
    "get_portfolio": _READERS,
    "get_programme_year": _READERS,
    "list_models": _READERS,
    "get_model": _READERS,
    "get_model_report": _READERS,
    "list_model_changes": _READERS,
    "get_model_change": _READERS,
    "ask_promotion": frozenset(("modeller",)),
    "ask_rollback": frozenset(("modeller",)),
    "decide_model_change": _MODELLERS,  # over a failed gate a senior, and never who asked
    "read_registry": _MODELLERS,
    "list_drift": _READERS,
    "look_for_drift": _MODELLERS,
    # who did what
    "list_audit": frozenset(("auditor", "senior")),
}


def may(principal: Principal, action: str) -> bool:
    """Tell whether somebody may do an action; an action that is not in the table nobody may."""
    allowed = principal.role in PERMISSIONS.get(action, frozenset())
    return allowed and (not principal.scopes or action in principal.scopes)


def require(principal: Principal, action: str) -> None:
    """Let somebody pass who may do an action.

    Raises:
        ForbiddenError: they may not.
    """
    if not may(principal, action):
        may_do = ", ".join(sorted(PERMISSIONS.get(action, frozenset()))) or "nobody"
        cause = f"may not {action.replace('_', ' ')}"
        raise ForbiddenError("role", principal.role, cause, f"ask somebody who may ({may_do})")
