"""What the registry said last, as the database keeps it, so that no page waits for the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from serving.database.pool import Connection
from serving.database.queries import query
from serving.models.registry import DriftFound, Judged, Reading, Version

Work = Literal["read", "drift", "change"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The registry's last answer, when it was given, and the judgements beside its champion by run."""

    reading: Reading
    read_at: datetime
    judged: Mapping[str, Judged]
    judged_at: Mapping[str, datetime]

    def version(self, name: str | None) -> Version | None:
        """Give a version by its name."""
        return next((each for each in self.reading.versions if each.version == name), None)


@dataclass(frozen=True, slots=True)
class WorkState:
    """Slow work: who asked for it when, how the last try went, and whether it is still to be done."""

    work: Work
    asked_at: datetime | None
    asked_by: str | None
    ended_at: datetime | None
    fault: str | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A look for drift."""

    look_id: int
    found: DriftFound
    asked_by: str
    recorded_at: datetime


async def keep(connection: Connection, reading: Reading) -> None:
    """Keep an answer of the registry, with the reports and judgements that it brings."""
    plain = reading.model_dump(mode="json", by_alias=True, exclude={"reports", "judged"})
    await connection.execute(query("keep_reading"), [Jsonb(plain)])
    for run_id, html in reading.reports.items():
        await connection.execute(query("keep_report"), [run_id, html])
    for each in reading.judged:
        row = [each.run_id, each.against, Jsonb(each.model_dump(mode="json"))]
        await connection.execute(query("keep_judgement"), row)


async def kept(connection: Connection) -> Kept | None:
    """Give the registry's last answer; None before it was ever asked."""
    row = await (await connection.execute(query("read_reading"))).fetchone()
    if row is None:
        return None
    reading = Reading.model_validate(row[0])
    rows = await (await connection.execute(query("read_judgements"), [run_in_use(reading)])).fetchall()
    judged = {told["run_id"]: (Judged.model_validate(told), at) for told, at in rows}
    return Kept(
        reading,
        row[1],
        {run: found for run, (found, _) in judged.items()},
        {run: at for run, (_, at) in judged.items()},
    )


def run_in_use(reading: Reading) -> str:
    """Give the champion's run; an empty name where there is no champion."""
    return next((each.run_id for each in reading.versions if each.version == reading.champion), "")


async def held(connection: Connection) -> tuple[list[str], list[tuple[str, str]]]:
    """Tell which reports and judgements are kept."""
    reports = await (await connection.execute(query("reports_held"))).fetchall()
    judged = await (await connection.execute(query("judgements_held"))).fetchall()
    return [run for run, _ in reports], [(run, against) for run, against in judged]


async def with_report(connection: Connection) -> set[str]:
    """Give the runs that have a report to show."""
    return {run for run, is_there in await (await connection.execute(query("reports_held"))).fetchall() if is_there}


async def report(connection: Connection, run_id: str) -> str | None:
    """Give a run's report as HTML."""
    row = await (await connection.execute(query("read_report"), [run_id])).fetchone()
    return None if row is None else row[0]


async def ask_for(connection: Connection, work: Work, by: str, unless_within: timedelta = timedelta(0)) -> bool:
    """Ask for slow work; False where it is asked for already, or was done within a time."""
    wanted = {"work": work, "by": by, "unless_since": datetime.now(UTC) - unless_within}
    return await (await connection.execute(query("ask_for_work"), wanted)).fetchone() is not None


async def work_states(connection: Connection) -> dict[Work, WorkState]:
    """Tell how slow work stands."""
    async with connection.cursor(row_factory=class_row(WorkState)) as cursor:
        found = await (await cursor.execute(query("read_work"))).fetchall()
    return {each.work: each for each in found}


async def looks(connection: Connection, most: int) -> list[Look]:
    """Give the newest looks for drift."""
    rows: list[Any] = await (await connection.execute(query("list_looks"), [most])).fetchall()
    return [Look(number, DriftFound.model_validate(told), by, at) for number, told, by, at in rows]
