"""A million buyers scored by the whole champion, against the bare trees of it on a matrix that lies ready."""

import os
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.timing import alternate
from features.catalogue import CATALOGUE
from models.bundle import Bundle
from models.champion import Champion
from models.pd.blend import BlendPd
from models.score import score

BUYERS = int(os.environ.get("BOLANGGU_BENCH_BUYERS", "1000000"))
LEARNED_FROM, MISSING = 20_000, 0.1
_NAMES = tuple(feature.name for feature in CATALOGUE)


def run() -> dict[str, Any]:
    """Measure `times_bare_predict`: scores from a snapshot's table against `Booster.predict` on all processors.

    Raises:
        RuntimeError: the scores are not those of the model on the same rows.
    """
    draw = np.random.default_rng(1)
    champion = _champion(draw)
    known = _population(draw, BUYERS)
    seen = _snapshot(known)
    booster = champion.bundle.model.boosted_.booster_
    works = {
        "bare": lambda: booster.predict(known, num_threads=os.cpu_count()),
        "score": lambda: score(champion, seen),
    }
    times = alternate(works, runs=5)
    _check(champion, seen.slice(0, 1000), known[:1000])
    return {
        "bench": "scoring",
        "figures": {
            "times_bare_predict": times["score"] / times["bare"],
            "seconds": times["score"],
            "rows_per_second": BUYERS / times["score"],
        },
        "conditions": {
            "buyers": BUYERS,
            "features": len(_NAMES),
            "trees": booster.num_trees(),
            "processors": os.cpu_count(),
        },
    }


def _champion(draw: np.random.Generator) -> Champion:
    known = _population(draw, LEARNED_FROM)
    risk = np.nan_to_num(np.log1p(known[:, :8])).sum(axis=1) - 8
    outcome = (draw.random(LEARNED_FROM) < 1 / (1 + np.exp(-risk))).astype(np.float64)
    model = BlendPd(signs=tuple(feature.sign for feature in CATALOGUE)).fit(known, outcome)
    return Champion("bench", Bundle(date(2025, 12, 31), 90, {}, _NAMES, model))


def _population(draw: np.random.Generator, rows: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Draw skewed features (n, k), every third of them whole numbers, some values missing."""
    known = np.exp(draw.normal(size=(rows, len(_NAMES))))
    known[:, ::3] = np.floor(known[:, ::3])
    known[draw.random(known.shape) < MISSING] = np.nan
    return known


def _snapshot(known: np.ndarray[Any, np.dtype[np.float64]]) -> pa.Table:
    columns = {name: pa.array(values, from_pandas=True) for name, values in zip(_NAMES, known.T, strict=True)}
    buyers = pa.array([f"B{number:07}" for number in range(len(known))])
    return pa.table({"buyer_id": buyers, "as_of": pa.array([date(2025, 12, 31)] * len(known)), **columns})


def _check(champion: Champion, seen: pa.Table, known: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    if not np.allclose(score(champion, seen)["pd"].to_numpy(), champion.bundle.model.predict_pd(known), rtol=1e-12):
        raise RuntimeError("scores are not those of the model")
