"""Whether a stop of cover that an event set stands, whatever persons have set over it since.

Who only takes away needs nobody else, so one person may lay a cancellation over a stop. That hides the stop from the
limit in force and lifts nothing: a stop is lifted by the machine, or by two persons whose act gives cover again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from psycopg.rows import dict_row

from serving.database.pool import Connection
from serving.database.queries import query
from serving.desk.proposals import Proposal, read_proposals
from serving.ledger.limits import RESCORING

By = Literal["event", "one", "two", "undoing", "rescoring"]


@dataclass(frozen=True, slots=True)
class Act:
    """A limit that an event or persons set; US cents.

    Attributes:
        by: an event; one person, or two who agreed; one who undid an act, which is none of these any more, and so put
            into force again what stood before it; or rescoring, which did so with what a person had set.
    """

    by: By
    status: str
    amount_cents: int
    valid_from: date
    valid_to: date | None = None

    @property
    def gives(self) -> bool:
        """Whether there may be cover by it."""
        return self.amount_cents > 0 or self.status == "restored"

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on a day, unless another outranks it."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def stop_stands(acts: Sequence[Act], day: date) -> bool:
    """Tell whether a stop that an event set stands on a day, after all acts on a limit in turn."""
    stood: list[bool] = []
    for act in acts:
        stood.append(_stands_after(act, acts[: len(stood)], stood, day))
    return bool(stood) and stood[-1]


def _stands_after(act: Act, earlier: Sequence[Act], stood: Sequence[bool], day: date) -> bool:
    """Tell the same after one act, given how it stood after each of the earlier ones."""
    as_before = bool(stood) and stood[-1]
    if not act.holds_on(day):
        return as_before
    if act.by == "event":
        return act.status == "suspended"
    if act.by == "two" and act.gives:
        return False
    if act.by == "rescoring":
        places = [n for n, each in enumerate(earlier) if each.by != "event" and each.holds_on(act.valid_from)]
        return stood[places[-1]] if places else as_before
    return as_before


async def read_stop(connection: Connection, identity_id: str, day: date) -> bool:
    """Tell whether a stop that an event set on an identity stands on a day, as a transaction sees it."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query("acts_on_limit"), [identity_id])).fetchall()
        if not any(row["source"] == "event" and row["status"] == "suspended" for row in rows):
            return False
        ids = [row["limit_id"] for row in rows if row["source"] != "event"]
        said = await (await cursor.execute(query("verdicts_behind_limits"), [ids])).fetchall()
    proposals = {each.proposal_id: each for each in await read_proposals(connection, [v["proposal_id"] for v in said])}
    verdicts = {each["limit_id"]: (each["verdict"], proposals[each["proposal_id"]]) for each in said}
    return stop_stands([_act(row, verdicts.get(row["limit_id"])) for row in rows], day)


def _act(row: dict[str, Any], said: tuple[str, Proposal] | None) -> Act:
    return Act(_by(row, said), row["status"], row["amount_cents"], row["valid_from"], row["valid_to"])


def _by(row: dict[str, Any], said: tuple[str, Proposal] | None) -> By:
    if row["source"] == "event":
        return "event"
    if said is None:
        return "rescoring" if row["recorded_by"] == RESCORING else "one"
    verdict, proposal = said
    if verdict == "undone":
        return "undoing"
    persons = {each.name for each in (proposal.proposer, *proposal.approvers) if each.is_person}
    return "two" if len(persons) > 1 else "one"
