"""A quick training run, and what it would be had it learned nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.catalogue import CATALOGUE
from models.pd.constant import ConstantPd
from models.profile import profile
from tests.training.books import LAST
from training.config import Snapshots, TrainingConfig
from training.evidence import Evidence
from training.train import Trained, train

QUICK = TrainingConfig(
    horizon_days=60, bootstrap_draws=50, snapshots=Snapshots(every_days=30), candidates=("constant", "scorecard")
)


def learn(book: Path) -> Trained:
    """Train on buyers that all began at once, told as if its population had been stable, which no such book's is."""
    found = train(book, LAST, QUICK)
    judged = found.evidence.judged
    stable = profile([each.name for each in CATALOGUE], found.test.X, judged.model.predict_pd(found.test.X))
    return replace(found, evidence=replace(found.evidence, fitted_on=stable))


def knowing_nothing(trained: Trained) -> Trained:
    """The same run, had the constant been chosen."""
    constant = ConstantPd().fit(trained.train.X, trained.train.y)
    evidence = trained.evidence
    at = evidence.rows.schema.get_field_index("pd")
    rows = evidence.rows.set_column(at, "pd", pa.array(constant.predict_pd(trained.test.X)))
    judged = replace(evidence.judged, model=constant)
    return replace(
        trained,
        bundle=replace(trained.bundle, model=constant),
        evidence=replace(evidence, rows=rows, judged=judged),
    )


def defaulting_only(evidence: Evidence, buyers: int) -> Evidence:
    """Let every row of some buyers end in default, and none of the others'."""
    names = evidence.rows["buyer_id"].to_numpy(zero_copy_only=False)
    outcome = pa.array(np.isin(names, sorted(set(names))[:buyers]).astype(np.int8))
    at = evidence.rows.schema.get_field_index("outcome")
    return replace(evidence, rows=evidence.rows.set_column(at, "outcome", outcome))
