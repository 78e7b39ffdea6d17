"""Proposals and what was said of them, as the database holds them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast

from psycopg.rows import dict_row

from models.policy import policies
from serving.access.permissions import require
from serving.access.principal import Principal, Role
from serving.database.pool import Connection, Pool, run
from serving.database.queries import query
from serving.desk.asks import Kind
from serving.desk.authority import Needed, needed, needed_now
from serving.errors import NotFoundError

Status = Literal["waiting", "approved", "partly_approved", "refused", "withdrawn", "undone"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody said of a proposal; `status` is where the proposal stood after it. Amounts are US cents."""

    place: int
    verdict: str
    status: Status
    amount_cents: int | None
    valid_to: date | None
    reason: str
    limit_id: int | None
    cover_id: int | None
    decided_by: str
    decided_role: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that waits, or waited, for a person. Amounts are US cents.

    Attributes:
        amount_cents: the limit that was asked for; a referred order's amount.
        before: `limit` that was in force when it was asked, and what the machine says (`machine`).
    """

    proposal_id: int
    event_id: str
    kind: Kind
    buyer_id: str
    identity_id: str
    exporter_id: str | None
    order_id: str | None
    request: str | None
    amount_cents: int
    valid_to: date | None
    reason: str
    before: dict[str, Any]
    policy_version: str
    proposed_by: str
    proposed_role: str
    recorded_at: datetime
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.verdicts[-1].status if self.verdicts else "waiting"

    @property
    def proposer(self) -> Principal:
        """Who proposed it."""
        return Principal(self.proposed_by, cast(Role, self.proposed_role))

    @property
    def approvers(self) -> list[Principal]:
        """Who approved it so far."""
        return [Principal(v.decided_by, cast(Role, v.decided_role)) for v in self.verdicts if v.verdict == "approved"]

    @property
    def terms(self) -> tuple[int, date | None]:
        """Amount and end as they were last approved, or else asked for."""
        approved = [v for v in self.verdicts if v.verdict == "approved" and v.amount_cents is not None]
        if approved:
            return approved[-1].amount_cents or 0, approved[-1].valid_to
        return self.amount_cents, self.valid_to

    @property
    def needed(self) -> Needed:
        """What it takes, judged by the limit that was in force when it was asked."""
        policy, (amount, until) = policies().version(self.policy_version), self.terms
        if self.kind == "referral":
            return needed(policy, amount, is_protective=False)
        limit = self.before["limit"]
        # What was asked before stops were followed beneath later acts tells of the limit in force only.
        stands = self.before.get("stop_stands", (limit.get("status"), limit.get("source")) == ("suspended", "event"))
        return needed_now(policy, limit, amount, until, stop_stands=stands, is_restoration=self.kind == "restore")


async def read_proposals(connection: Connection, ids: Sequence[int]) -> list[Proposal]:
    """Read proposals with their verdicts, in the order of the ids given; unknown ones are left out."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query("read_proposals"), [list(ids)])).fetchall()
        verdicts = await (await cursor.execute(query("read_verdicts"), [list(ids)])).fetchall()
    found = {row["proposal_id"]: Proposal(**row) for row in rows}
    for verdict in verdicts:
        found[verdict.pop("proposal_id")].verdicts.append(Verdict(**verdict))
    return [found[each] for each in ids if each in found]


async def one_proposal(connection: Connection, proposal_id: int) -> Proposal:
    """Read one proposal.

    Raises:
        NotFoundError: there is none of that id.
    """
    found = await read_proposals(connection, [proposal_id])
    if not found:
        raise NotFoundError("proposal", proposal_id, "is not known", "use an id of the approvals' list")
    return found[0]


async def get_proposal(pool: Pool, principal: Principal, proposal_id: int) -> Proposal:
    """Read one proposal; a platform's key sees its own only.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is none of that id.
    """
    require(principal, "get_approval")

    async def ask(connection: Connection) -> Proposal:
        found = await one_proposal(connection, proposal_id)
        if principal.role == "platform" and found.proposed_by != principal.name:
            raise NotFoundError("proposal", proposal_id, "is not of this key", "use an id that it was given")
        return found

    return await run(pool, ask)


async def list_proposals(
    pool: Pool,
    principal: Principal,
    *,
    kinds: Sequence[Kind] | None = None,
    status: Status | None = None,
    buyer_id: str | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Proposal]:
    """List proposals, newest first; a platform's key sees its own only.

    Args:
        pool: connections.
        principal: who asks.
        kinds: only these; all by default.
        status: only those that stand so.
        buyer_id: only those on this buyer's identity.
        before: only those with a lower id.
        most: at most so many.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_requests")
    filters = {
        "kinds": None if kinds is None else list(kinds),
        "status": status,
        "buyer_id": buyer_id,
        "before": before,
        "most": most,
        "proposed_by": principal.name if principal.role == "platform" else None,
    }

    async def ask(connection: Connection) -> list[Proposal]:
        rows = await (await connection.execute(query("list_proposals"), filters)).fetchall()
        return await read_proposals(connection, [row[0] for row in rows])

    return await run(pool, ask)
