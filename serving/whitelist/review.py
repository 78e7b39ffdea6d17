"""A review of all exporters in the book by the rules of `models.whitelist`, kept for persons to decide."""

import tempfile
from collections import Counter
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.types.json import Jsonb

from features.book.exporter_records import exporter_records
from features.book.folder import connect, open_book
from features.snapshot import snapshot
from features.snapshot.days import refuse_to_come
from models.champion import Champion, read_champion
from models.policy import Policy, policies
from models.whitelist import Candidacy, candidacies
from serving.book.export import export_book
from serving.database.queries import query


def review_exporters(connection: psycopg.Connection[Any], home: Path, day: date) -> dict[str, Any]:
    """Judge every exporter as known at the end of a day, with the champion's PDs of its buyers, and keep the findings.

    Returns:
        The day, the versions, and how many exporters are candidates, not yet, or excluded.

    Raises:
        BundleError: no model was promoted yet.
        CallerError: the day is still to come, so that what is not due yet would count as lost.
        ConfigError: no policy was in force on that day.
    """
    refuse_to_come(day)
    champion, policy = read_champion(home), policies().at(day)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        export_book(connection, book)
        found = _judge(book, day, champion, policy)
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(query("copy_findings")) as copy:
        for each in found:
            copy.write_row(_row(each, day, champion.version, policy.version))
    counts = Counter(each.status for each in found)
    return {
        "as_of": day.isoformat(),
        "policy_version": policy.version,
        "model_version": champion.version,
        "exporters": len(found),
        **{status: counts[status] for status in ("candidate", "not_yet", "excluded")},
    }


def _judge(book: Path, day: date, champion: Champion, policy: Policy) -> list[Candidacy]:
    seen = snapshot(book, [day])
    pds = pa.table({"buyer_id": seen["buyer_id"], "pd": pa.array(champion.bundle.pd(seen))})
    with connect() as opened:
        open_book(book, opened)
        records = exporter_records(opened, day, policy.whitelist.window_days, policy.waiting_period_days, pds)
    return candidacies(records, policy)


def _row(found: Candidacy, day: date, model_version: str, policy_version: str) -> tuple[object, ...]:
    criteria = [asdict(each) | {"missing": each.missing} for each in found.criteria]
    return (
        found.exporter_id,
        day,
        found.status,
        Jsonb(criteria),
        list(found.excluded_for),
        found.extra_compensation,
        policy_version,
        model_version,
    )
