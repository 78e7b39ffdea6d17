"""What holds for a buyer's identity when a new fact about it is weighed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row

from models.decision.facts import CurrentLimit
from serving.database.queries import query
from serving.ledger.cover import is_in_trouble
from serving.ledger.covers import folded

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Holding:
    """An identity's limits on a day; amounts in US cents, None where there is no such limit.

    Attributes:
        members: all buyers that are taken to be this one.
        status, source, amount_cents: of the limit in force.
        is_reduced: whether an event's reduction keeps the model's limit out of force, now or after notice; one that has
            ended does until the model sets a limit anew.
        reduced_cents: what an event reduced the limit to, now or after notice.
        model_cents, model_until: of the limit that the last run set.
        persons_limit_id, persons_status: of the newest limit that a person set and nobody undid.
        settled_until: when a person last gave cover by what holds still: facts recorded before were known then, and
            speak no more. To take cover away settles nothing, for nobody cleared them; nor does what was undone or has
            ended. To put into force again what a person had set is no decision of theirs. Of a buyer who was merged
            with this one later they knew nothing.
    """

    identity_id: str
    country: str
    members: list[str]
    status: str | None
    source: str | None
    amount_cents: int | None
    is_reduced: bool
    reduced_cents: int | None
    model_cents: int | None
    model_until: date | None
    persons_limit_id: int | None
    persons_status: str | None
    settled_until: datetime

    @property
    def is_stopped(self) -> bool:
        """Whether an event has stopped cover."""
        return self.source == "event" and self.status == "suspended"

    @property
    def is_a_persons(self) -> bool:
        """Whether what a person set holds, or held until cover was stopped."""
        return self.persons_limit_id is not None and self.persons_status != "restored"

    @property
    def model_limit(self) -> CurrentLimit | None:
        """The limit that the last run set."""
        return None if self.model_cents is None else CurrentLimit(self.model_cents, self.model_until or date.max)


def read_holding(connection: psycopg.Connection[Any], buyer_id: str, day: date) -> Holding:
    """Read what holds for a buyer's identity on a day, as known now."""
    with connection.cursor(row_factory=class_row(Holding)) as cursor:
        held = cursor.execute(query("holding"), {"buyer_id": buyer_id, "day": day}).fetchone()
    assert held is not None, "the query gives one row for any buyer"
    return held


def has_trouble(connection: psycopg.Connection[Any], held: Holding) -> bool:
    """Tell whether any cover speaks against the buyer for a reason that no person has decided on since."""
    return _in_trouble(connection, held, held.settled_until)


def is_all_paid(connection: psycopg.Connection[Any], held: Holding) -> bool:
    """Tell whether no cover speaks against the buyer, nor would where what persons settled is settled no more."""
    return not _in_trouble(connection, held, _EVER)


def _in_trouble(connection: psycopg.Connection[Any], held: Holding, since: datetime) -> bool:
    known = {"identity_id": held.identity_id, "members": held.members, "since": since}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(query("adverse_covers"), known).fetchall():
            decision = cursor.execute(query("read_cover"), [row["cover_id"]]).fetchone()
            assert decision is not None, "the cover was found by its decision"
            entries = cursor.execute(query("cover_events"), [row["cover_id"]]).fetchall()
            if is_in_trouble(*folded(decision, entries)):
                return True
    return False
