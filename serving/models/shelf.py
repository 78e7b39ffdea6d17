"""The use cases of reading models: what is in use, what wants its place, how each was judged, and who changed what.

Everything comes from what the registry said last (`kept`); where it was never asked, the champion alone is told, from
the bundle in use.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from models.champion import Champion, folder_of
from serving.access.permissions import require
from serving.access.principal import Principal
from serving.database.pool import Connection, Pool, run
from serving.errors import NotFoundError
from serving.models import kept as keeping
from serving.models.changes import Change, find_changes, one_change
from serving.models.kept import Kept, Look, WorkState
from serving.models.registry import Judged, Version
from serving.operate.state import read_state

Place = Literal["champion", "challenger", "former"]
# A reading older than that is asked for anew when somebody looks.
FRESH_FOR = timedelta(minutes=5)
_MOST_CHANGES, _MOST_LOOKS = 25, 5


@dataclass(frozen=True, slots=True)
class ModelOnShelf:
    """A model's bundle.

    Attributes:
        place: in use; registered since and never in use, and so a challenger; or former.
        version: the registry's name for it.
        sha256: of its model, by which two bundles are told apart.
        definition: what counted as default.
        registered: all that the registry says of it; None where only the bundle in use is known.
        judged: how it stands against the gates beside the champion; None where that was not looked at.
    """

    place: Place
    version: str
    kind: str
    trained_as_of: date
    horizon_days: int
    definition: dict[str, Any]
    features: int
    sha256: str
    registered: Version | None = None
    judged: Judged | None = None
    judged_at: datetime | None = None
    has_report: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """All models, and how what is known of them came about.

    Attributes:
        models: the champion first, then the others, the newest first.
        in_use: version that this server process scores with; None where there is none.
        limits_by: version that the newest limit run used.
        kept: the registry's last answer; None before it was ever asked.
        has_registry: whether there is one to ask.
        work: how reading, looking for drift and carrying out stand.
        looks: the newest looks for drift.
        changes: the newest changes.
    """

    models: tuple[ModelOnShelf, ...]
    in_use: str | None
    limits_by: str | None
    kept: Kept | None
    has_registry: bool
    work: Mapping[keeping.Work, WorkState]
    looks: tuple[Look, ...]
    changes: tuple[Change, ...]


async def read_shelf(
    pool: Pool, principal: Principal, in_use: Champion | None, home: Path, has_registry: bool
) -> Shelf:
    """Tell of all models; where the registry's last answer is old, it is asked anew in the background.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_models")
    limits_by = (await read_state(pool)).limit_model

    async def ask(connection: Connection) -> Shelf:
        if has_registry:
            await keeping.ask_for(connection, "read", principal.name, FRESH_FOR)
        found = await keeping.kept(connection)
        models = _of_registry(found, await keeping.with_report(connection)) if found else _of_bundle(in_use, home)
        return Shelf(
            models,
            in_use.version if in_use else None,
            limits_by,
            found,
            has_registry,
            await keeping.work_states(connection),
            tuple(await keeping.looks(connection, _MOST_LOOKS)),
            tuple(await find_changes(connection, most=_MOST_CHANGES)),
        )

    return await run(pool, ask)


async def read_report(pool: Pool, principal: Principal, version: str) -> str:
    """Give the report of a version's training as HTML.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is no such version, or its training wrote no report.
    """
    require(principal, "get_model_report")

    async def ask(connection: Connection) -> str | None:
        found = await keeping.kept(connection)
        model = None if found is None else found.version(version)
        return None if model is None else await keeping.report(connection, model.run_id)

    html = await run(pool, ask)
    if html is None:
        raise NotFoundError("report", f"of version {version}", "is not there", "see the list of models")
    return html


async def list_changes(pool: Pool, principal: Principal, before: int | None = None, most: int = 50) -> list[Change]:
    """List changes of the model in use, the newest first.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_model_changes")
    return await run(pool, partial(find_changes, before=before, most=most))


async def get_change(pool: Pool, principal: Principal, change_id: int) -> Change:
    """Tell of one change.

    Raises:
        ForbiddenError: the role may not.
        NotFoundError: there is none of that number.
    """
    require(principal, "get_model_change")
    return await run(pool, lambda connection: one_change(connection, change_id))


async def ask_for_reading(pool: Pool, principal: Principal) -> bool:
    """Have the registry read anew; False where that is under way.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "read_registry")
    return await run(pool, lambda connection: keeping.ask_for(connection, "read", principal.name))


async def ask_for_look(pool: Pool, principal: Principal) -> bool:
    """Have the champion's drift looked at; False where that is under way.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "look_for_drift")
    return await run(pool, lambda connection: keeping.ask_for(connection, "drift", principal.name))


def _of_registry(found: Kept, with_report: set[str]) -> tuple[ModelOnShelf, ...]:
    """Place what the registry holds, the champion first."""
    reading = found.reading
    were_in_use = {turn.version for turn in reading.history}
    newest_in_use = int(reading.champion or 0)

    def place(version: str) -> Place:
        if version == reading.champion:
            return "champion"
        return "challenger" if version not in were_in_use and int(version) > newest_in_use else "former"

    models = [
        ModelOnShelf(
            place(each.version),
            each.version,
            each.kind,
            each.trained_as_of,
            each.horizon_days,
            each.definition,
            each.features,
            each.sha256,
            each,
            found.judged.get(each.run_id),
            found.judged_at.get(each.run_id),
            each.run_id in with_report,
        )
        for each in reading.versions
    ]
    return tuple(sorted(models, key=lambda each: (each.place != "champion", -int(each.version))))


def _of_bundle(in_use: Champion | None, home: Path) -> tuple[ModelOnShelf, ...]:
    """Tell of the champion what its own bundle says."""
    if in_use is None:
        return ()
    bundle = in_use.bundle
    manifest = json.loads((folder_of(home) / "manifest.json").read_text(encoding="utf-8"))
    return (
        ModelOnShelf(
            "champion",
            in_use.version,
            bundle.model.kind,
            bundle.trained_as_of,
            bundle.horizon_days,
            bundle.definition,
            len(bundle.features),
            str(manifest["sha256"]["model.json"]),
        ),
    )
