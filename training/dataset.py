"""Rows to learn from: features as known on snapshot days, and the outcomes that came after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from features.snapshot import snapshot
from models.matrix import to_matrix

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled rows, by snapshot day and buyer.

    Attributes:
        buyer_id: (n,) who.
        as_of: (n,) the snapshot day, as datetime64[D].
        X: (n, k) the catalogue's features in order, NaN where not known.
        y: (n,) 1 for a default within the horizon.
        groups: (n,) the buyer as a number, for folds and bootstrap.
        usd_cents: (n,) ordered in the horizon.
        lost_usd_cents: (n,) owed at default.
    """

    buyer_id: NDArray[np.object_]
    as_of: NDArray[np.datetime64]
    X: Matrix
    y: Vector
    groups: NDArray[np.int64]
    usd_cents: NDArray[np.int64]
    lost_usd_cents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)

    def rows(self, days: Sequence[date]) -> "Dataset":
        """Keep the rows of some snapshot days."""
        kept = np.isin(self.as_of, np.array(list(days), dtype="datetime64[D]"))
        return Dataset(*(getattr(self, name)[kept] for name in self.__slots__))

    @property
    def defaults(self) -> int:
        """How many rows defaulted."""
        return int(self.y.sum())


def assemble(book: Path, labelled: pa.Table, days: Sequence[date]) -> Dataset:
    """Label the snapshots of some days of a book."""
    return join(labelled, snapshot(book, days))


def join(labelled: pa.Table, seen: pa.Table) -> Dataset:
    """Join labels with snapshots of their days; a buyer that was not known yet on a day has no row."""
    joined = labelled.join(seen, keys=["as_of", "buyer_id"], join_type="inner")
    joined = joined.sort_by([("as_of", "ascending"), ("buyer_id", "ascending")])
    buyer_id = joined["buyer_id"].to_numpy(zero_copy_only=False).astype(object)
    return Dataset(
        buyer_id=buyer_id,
        as_of=joined["as_of"].to_numpy().astype("datetime64[D]"),
        X=to_matrix(joined, [feature.name for feature in CATALOGUE]),
        y=joined["outcome"].to_numpy().astype(np.float64),
        groups=np.unique(buyer_id, return_inverse=True)[1].astype(np.int64),
        usd_cents=joined["usd_cents"].to_numpy(),
        lost_usd_cents=joined["lost_usd_cents"].to_numpy(),
    )
