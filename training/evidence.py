"""What a version leaves behind, so that it can be judged and compared long after its training.

    facts.json      what was predicted, from which labels, and the population that it was fitted on
    rows.parquet    every out-of-time row: who, when, what came of it, the PD, and the features
    bundle/         the chosen recipe as fitted before the first out-of-time day

The bundle that goes into use is fitted on all mature rows, so it knows outcomes of the out-of-time rows; the one that
lies here knows none of them, and stands for it where rows are older than its training.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from models.bundle import Bundle, read_bundle, write_bundle
from models.profile import Profile
from training.dataset import Dataset

FOLDER = "evidence"
_FACTS, _ROWS, _BUNDLE = "facts.json", "rows.parquet", "bundle"

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a version was judged.

    Attributes:
        data_end: outcomes were known until then.
        wait_days: from a snapshot to its mature outcome.
        cut: first out-of-time day; `judged` knows nothing of what came after.
        fitted_on: the rows that `judged` was fitted on, with scores from folds that had not seen them.
        rows: buyer_id, as_of, outcome, pd and the catalogue's features, one row each out of time; each PD by the chosen
            recipe as fitted at the origin of its row.
        judged: the chosen recipe as fitted before the cut.
    """

    data_end: date
    wait_days: int
    cut: date
    fitted_on: Profile
    rows: pa.Table
    judged: Bundle

    @property
    def y(self) -> Vector:
        """Outcomes (n,)."""
        outcomes: Vector = self.rows["outcome"].to_numpy().astype(np.float64)
        return outcomes

    @property
    def pd(self) -> Vector:
        """PDs (n,) of models that had not seen the outcomes."""
        scores: Vector = self.rows["pd"].to_numpy().astype(np.float64)
        return scores

    @property
    def groups(self) -> NDArray[np.int64]:
        """The buyer of each row as a number (n,)."""
        return np.unique(self.rows["buyer_id"].to_numpy(zero_copy_only=False), return_inverse=True)[1].astype(np.int64)

    @property
    def as_of(self) -> NDArray[np.datetime64]:
        """The snapshot day of each row (n,), as datetime64[D]."""
        days: NDArray[np.datetime64] = self.rows["as_of"].to_numpy().astype("datetime64[D]")
        return days

    def since(self, day: date) -> "Evidence":
        """Keep the rows from a snapshot day on."""
        kept = self.rows.filter(pa.array(self.as_of >= np.datetime64(day)))
        return Evidence(self.data_end, self.wait_days, self.cut, self.fitted_on, kept, self.judged)


def rows_table(rows: Dataset, pd: Vector) -> pa.Table:
    """Make the table of out-of-time rows with their PDs (n,)."""
    told = {
        "buyer_id": pa.array(rows.buyer_id, pa.string()),
        "as_of": pa.array(rows.as_of.astype(object), pa.date32()),
        "outcome": pa.array(rows.y.astype(np.int8)),
        "pd": pa.array(pd),
    }
    features = {each.name: pa.array(values, from_pandas=True) for each, values in zip(CATALOGUE, rows.X.T, strict=True)}
    return pa.table(told | features)


def write_evidence(evidence: Evidence, folder: Path) -> None:
    """Write all of it into a new folder."""
    folder.mkdir(parents=True)
    facts = {
        "data_end": evidence.data_end.isoformat(),
        "wait_days": evidence.wait_days,
        "cut": evidence.cut.isoformat(),
        "fitted_on": evidence.fitted_on.state(),
    }
    (folder / _FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")
    pq.write_table(evidence.rows, folder / _ROWS, compression="zstd")
    write_bundle(evidence.judged, folder / _BUNDLE)


def read_evidence(folder: Path) -> Evidence:
    """Read what `write_evidence` wrote.

    Raises:
        BundleError: its bundle is damaged or made for other features.
    """
    facts: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    return Evidence(
        date.fromisoformat(facts["data_end"]),
        facts["wait_days"],
        date.fromisoformat(facts["cut"]),
        Profile.restore(facts["fitted_on"]),
        pq.read_table(folder / _ROWS),
        read_bundle(folder / _BUNDLE),
    )
