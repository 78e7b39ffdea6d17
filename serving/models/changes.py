"""Changes of the model in use: what was asked for, and every word on it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from serving.access.principal import Principal, Role
from serving.database.pool import Connection
from serving.database.queries import query
from serving.desk.asks import Reason
from serving.errors import NotFoundError
from serving.ledger.events import EventId
from serving.models.registry import Judged

ChangeKind = Literal["promote", "roll_back"]
ChangeStatus = Literal["waiting", "confirmed", "in_use", "declined", "withdrawn", "failed", "expired", "superseded"]
# What was shown when a change was asked for is old after that.
VALID_FOR = timedelta(days=14)
VersionName = Annotated[str, Field(pattern=r"^[0-9]{1,9}$", examples=["3"])]


class ChangeAsk(BaseModel):
    """A change of the model in use is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event_id: EventId = Field(description="the asker's key; the same again changes nothing", examples=["Q3-2026"])
    reason: Reason = Field(description="why", examples=["Knows the autumn's defaults, and passes every gate"])


class PromotionAsk(ChangeAsk):
    """A version is wanted in use."""

    override: bool = Field(False, description="though it fails a gate; the reason says why, and is kept for ever")


class ChangeWord(BaseModel):
    """What somebody says of a change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Literal["confirmed", "declined", "withdrawn"] = Field(description="withdrawn: by who asked for it")
    reason: Reason = Field(description="why", examples=["Report read; agreed with the head of risk"])


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of a change; `status` is where it stands after it."""

    place: int
    status: ChangeStatus
    reason: str
    said_by: str
    said_role: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Another version wanted in use.

    Attributes:
        version: what would be in use.
        champion: what was in use when it was asked for.
        is_override: though it fails a gate.
        judged: how it stood against the gates then; None for a way back.
    """

    change_id: int
    event_id: str
    kind: ChangeKind
    version: str
    champion: str | None
    is_override: bool
    reason: str
    judged: Judged | None
    asked_by: str
    asked_role: Role
    recorded_at: datetime
    words: tuple[Word, ...]

    @property
    def valid_until(self) -> datetime:
        """When it can be confirmed no more."""
        return self.recorded_at + VALID_FOR

    @property
    def status(self) -> ChangeStatus:
        """Where it stands now."""
        if self.words:
            return self.words[-1].status
        return "expired" if datetime.now(UTC) >= self.valid_until else "waiting"

    @property
    def level_needed(self) -> Role:
        """Whose authority it takes to confirm it, beside a senior's: to pass over a failed gate is a senior's alone."""
        return "senior" if self.is_override else "modeller"

    @property
    def confirmed_by(self) -> Principal | None:
        """Who confirmed it."""
        said = next((each for each in self.words if each.status == "confirmed"), None)
        return None if said is None else Principal(said.said_by, _ROLE.validate_python(said.said_role))

    def may_be_confirmed_by(self, principal: Principal) -> bool:
        """Tell whether somebody's eyes and authority are those that it waits for."""
        return principal.name != self.asked_by and principal.role in ("senior", self.level_needed)


_ROLE: TypeAdapter[Role] = TypeAdapter(Role)
_WORDS: TypeAdapter[tuple[Word, ...]] = TypeAdapter(tuple[Word, ...])


async def find_changes(connection: Connection, **filters: object) -> list[Change]:
    """Give changes, the newest first; filters are `change_id`, `before`, `status` (as it was said) and `most`."""
    wanted = {"change_id": None, "before": None, "status": None, "most": 1} | filters
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query("list_changes"), wanted)).fetchall()
    return [_change(row) for row in rows]


async def one_change(connection: Connection, change_id: int) -> Change:
    """Give one change.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = await find_changes(connection, change_id=change_id)
    if not found:
        raise NotFoundError("change", change_id, "is not there", "see the list of changes")
    return found[0]


async def add_word(
    connection: Connection, change: Change, status: ChangeStatus, reason: str, by: str, role: str
) -> None:
    """Enter what is said of a change; the caller holds the transaction."""
    row = {"change_id": change.change_id, "status": status, "reason": reason, "by": by, "role": role}
    await connection.execute(query("add_word"), row)


def _change(row: dict[str, Any]) -> Change:
    judged = None if row["judged"] is None else Judged.model_validate(row["judged"])
    return Change(**row | {"judged": judged, "words": _WORDS.validate_python(row["words"])})
