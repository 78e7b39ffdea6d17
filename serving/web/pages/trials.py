"""What the pages of limit runs and of comparisons have in common: parts of the book side by side, and movers."""

from collections.abc import Sequence
from typing import Any

from models.reasons import Language, Reason
from serving.limits.trials.figures import Part
from serving.limits.trials.trial import Moved
from serving.web.languages import untranslated as _
from serving.web.pages.buyers import buyer_link
from serving.web.tables import Column

MOVERS = 10

# How far the work on a trial is, as its page tells.
STEPS = {
    "started": _("Reading the book"),
    "exported": _("Working out what is known of each buyer, and its PD"),
    "scored": _("Weighing all limits together"),
    "decided": _("Keeping the decisions"),
}


def moved_columns(before: str, after: str) -> tuple[Column, ...]:
    """Give the columns of a table of movers, with what the two limits are called (marked texts)."""
    return (
        Column("name", _("Buyer"), link=buyer_link),
        Column("country", _("Country"), "country"),
        Column("change", _("What"), "word"),
        Column("before_cents", before, "usd"),
        Column("after_cents", after, "usd"),
        Column("change_cents", _("Change"), "usd"),
        Column("grade", _("Grade"), "grade"),
        Column("pd", _("PD"), "share"),
        Column("why", _("Why"), "sentence"),
    )


def moved_row(moved: Moved, language: Language) -> dict[str, Any]:
    """Write a mover as its table's row; the reason is the weightiest one."""
    why = moved.why and Reason(moved.why["code"], moved.why.get("facts", {})).text(language, "underwriter")
    grades = [each for each in (moved.grade_before, moved.grade) if each]
    return {
        "buyer_id": moved.identity_id,
        "name": moved.name or moved.identity_id,
        "country": moved.country,
        "change": moved.change,
        "before_cents": moved.before_cents,
        "after_cents": moved.after_cents,
        "change_cents": moved.change_cents,
        "grade": " → ".join(dict.fromkeys(grades)) or None,
        "pd": moved.pd,
        "why": why,
        "valid_from": moved.valid_from,
    }


def largest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the largest movers, up or down."""
    return sorted(rows, key=lambda row: (-abs(row["change_cents"]), row["buyer_id"]))[:MOVERS]


def share(amount_cents: int, part: Part) -> float | None:
    """Give what an amount is of the trade that a part of the book is expected to cover."""
    return amount_cents / part.covered_cents if part.covered_cents else None
