"""A book in which each buyer stands under one id, whatever ids it was entered with."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.book.folder import files_of, write_table
from features.book.tables import BUYERS, ORDERS, Table


def unite(book: Path, merged: Mapping[str, str]) -> None:
    """Put identities in place of merged buyers, in a book folder of one's own; `merged` gives each buyer's identity."""
    if merged:
        for table in (BUYERS, ORDERS):
            if files_of(book, table.name):
                _rename(book, table, merged)


def _rename(book: Path, table: Table, merged: Mapping[str, str]) -> None:
    rows = pq.read_table(files_of(book, table.name))
    place = pc.index_in(rows["buyer_id"], value_set=pa.array(list(merged), pa.string()))
    identities = pc.take(pa.array(list(merged.values()), pa.string()), place)
    united = pc.coalesce(identities, rows["buyer_id"])
    column = rows.schema.get_field_index("buyer_id")
    write_table(book, table, rows.set_column(column, table.arrow.field("buyer_id"), united))
