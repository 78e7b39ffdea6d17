"""A book small enough to read: two buyers, one paid order, one unpaid, every kind of value."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.book.folder import write_table
from features.book.tables import TABLES

AT = datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
LATER = datetime(2025, 3, 1, tzinfo=UTC)
DAY = date(2025, 1, 2)

ROWS: dict[str, list[tuple[Any, ...]]] = {
    "exporters": [("e1", "义乌玩具, \"Ltd\"\nSecond line", DAY, AT)],
    "buyers": [
        ("b1", "Acme", "DE", None, AT),
        ("b1", "ACME GmbH", "AT", "HRB 1", LATER),
        ("b2", "Beta", "US", None, AT),
    ],
    "orders": [
        ("o1", "e1", "b1", DAY, DAY, date(2025, 3, 3), 100_000, "EUR", "toys", None, AT),
        ("o2", "e1", "b2", DAY, None, date(2025, 3, 3), 5_000, "USD", None, "C1", AT),
    ],
    "payments": [
        ("p1", "o1", date(2025, 2, 1), 60_000, "EUR", AT),
        ("p2", "o1", date(2025, 2, 2), 40_000, "EUR", LATER),
        ("p3", "o2", date(2025, 2, 2), 4_999, "USD", LATER),
    ],
    "overdue_notices": [("o2", date(2025, 3, 9), 1, "USD", LATER)],
    "claims": [("c1", "o2", date(2025, 5, 1), 1, "USD", True, False, True, None, None, None, None, LATER)],
    "country_risk": [("DE", date(1999, 1, 1), 0, AT), ("US", date(1999, 1, 1), None, AT)],
}  # fmt: skip


def write_book(folder: Path, **changed: list[tuple[Any, ...]]) -> Path:
    for table in TABLES.values():
        rows = (ROWS | changed)[table.name]
        arrays = [
            pa.array(list(column), field.type)
            for column, field in zip(zip(*rows, strict=True), table.arrow, strict=True)
        ]
        write_table(folder, table, pa.Table.from_arrays(arrays, schema=table.arrow))
    return folder
