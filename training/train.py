"""One training run: label, fit, judge out of time."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.book.circumstances import circumstances
from features.book.folder import check_values, connect, open_book
from features.catalogue import CATALOGUE
from features.errors import CallerError
from features.files import replace_file
from features.snapshot import snapshot
from models.bundle import Bundle
from models.matrix import to_matrix
from models.pd.base import PdModel
from models.policy import policies
from models.profile import Profile, profile
from models.severity import Severity
from training.calibration import Calibration, calibration
from training.candidates import Contest, compete, refit_chosen
from training.config import TrainingConfig
from training.dataset import Dataset, join
from training.distributed import cluster
from training.evidence import Evidence, rows_table
from training.fingerprint import book_fingerprint
from training.judgement import Judgement, Origin, roll
from training.known import KnownAt, known_at
from training.labels import LeftOut, Ripeness, labels, left_out, prepare, snapshot_days
from training.severity import fit_severity, losses
from training.splits import TimeSplit, rolling_origins, split_by_time
from training.tuning import Tuned, tune

CHOSEN = "chosen"
_NAMES = tuple(feature.name for feature in CATALOGUE)
# What the chosen model is always shown beside.
BENCHMARKS = ("constant", "scorecard", "lightgbm")


@dataclass(frozen=True, slots=True)
class Trained:
    """All that a training run found.

    Attributes:
        rows: every mature row, with outcomes as known on the training day.
        train: rows of `split.train`, with outcomes as known on its cut.
        test: rows of `split.test`, with outcomes as known on the training day.
        contest: the candidates, fitted on `train`.
        judgement: on all of `test`, each row by the model of its origin.
        origins: the same, part by part.
        country: (n,) of each row of `test`.
        calibration: of the chosen recipe on `test`, by the newest policy's grades.
        tuned: what the search for the trees' parameters found.
        bundle: the chosen recipe, fitted on every mature row.
    """

    as_of: date
    config: TrainingConfig
    ripeness: Ripeness
    left_out: LeftOut
    split: TimeSplit
    rows: Dataset
    train: Dataset
    test: Dataset
    contest: Contest
    judgement: Judgement
    origins: tuple[Origin, ...]
    country: NDArray[np.object_]
    calibration: Calibration
    tuned: Tuned
    bundle: Bundle
    evidence: Evidence
    book_sha256: str
    version: str | None = field(default=None)


def train(book: Path, as_of: date, config: TrainingConfig) -> Trained:
    """Learn from a book what was known on `as_of`, and judge it out of time.

    The recipe is chosen on buyers unseen in training and judged on days after it, fitted anew at each origin on what
    was known then; the model put into the bundle is the same recipe fitted once more on every mature row.

    Raises:
        BookError, DataError: the book cannot be used, or holds too little.
        ConfigError, UnavailableError: there is no such Dask cluster.
    """
    with cluster(config.dask):
        return _train(book, as_of, config)


def _train(book: Path, as_of: date, config: TrainingConfig) -> Trained:
    connection = connect()
    open_book(book, connection)
    check_values(connection)
    ripeness = prepare(connection, as_of, config)
    days = snapshot_days(ripeness, config)
    split = split_by_time(days, ripeness.wait_days, config.train_share)
    labelled = labels(connection, days, config.horizon_days)
    seen = snapshot(book, days)
    rows = join(labelled, seen)
    omitted = left_out(connection, ripeness, config, labelled, len(rows))
    severity = fit_severity(rows, losses(connection, ripeness, config), config.horizon_days)
    origins = rolling_origins(days, split, ripeness.wait_days, config.rolling_origins)
    known = _remembered(connection, seen, config)
    first, test_rows = known(origins[0]), rows.rows(split.test)
    tuned = tune(first.rows, first.split.train, ripeness.wait_days, known, config.tuning, config.seed)
    contest = compete(first.rows, config, tuned.parameters)
    judgement, judged = roll(contest, rows, origins, known, config)
    severity_then = fit_severity(first.rows, first.lost, config.horizon_days)
    country = _countries(connection, as_of, test_rows)
    measured = calibration(
        test_rows, judgement.pd[contest.chosen], country, judged, policies().versions[-1], config.horizon_days
    )
    bundle = _bundle(refit_chosen(contest, rows, config), as_of, config, severity)
    return Trained(
        as_of,
        config,
        ripeness,
        omitted,
        replace(first.split, test=split.test),
        rows,
        first.rows,
        test_rows,
        contest,
        judgement,
        judged,
        country,
        measured,
        tuned,
        replace(bundle, profile=_population(bundle, snapshot(book, [as_of]))),
        Evidence(
            ripeness.data_end,
            ripeness.wait_days,
            split.cut,
            profile(_NAMES, first.rows.X, contest.fitted[contest.chosen].unseen_pd_),
            rows_table(test_rows, judgement.pd[contest.chosen]),
            _bundle(contest.fitted[contest.chosen], as_of, config, severity_then),
        ),
        book_fingerprint(book),
    )


def write_predictions(trained: Trained, file: Path) -> None:
    """Write buyer_id, as_of, outcome, pd and model for every out-of-time row, for `chosen` and what it is shown beside.

    Raises:
        CallerError: the file cannot be written.
    """
    test, pd = trained.test, trained.judgement.pd
    blocks = [
        pa.table(
            {
                "buyer_id": pa.array(test.buyer_id, pa.string()),
                "as_of": pa.array(test.as_of.astype(object), pa.date32()),
                "outcome": pa.array(test.y.astype(np.int8)),
                "pd": pa.array(pd[name]),
                "model": pa.array([label] * len(test)),
            }
        )
        for label, name in {CHOSEN: trained.contest.chosen, **{name: name for name in BENCHMARKS if name in pd}}.items()
    ]
    try:
        with replace_file(file) as fresh:
            pq.write_table(pa.concat_tables(blocks), fresh)
    except OSError as error:
        raise CallerError("predictions", file, f"cannot be written ({error})", "name another file") from error


def _remembered(connection: duckdb.DuckDBPyConnection, seen: pa.Table, config: TrainingConfig) -> KnownAt:
    """Tell what was known at a cut; the first origin is asked for by the contest and once more to be judged."""
    return lru_cache(maxsize=1)(partial(known_at, connection, seen, config=config))


def _bundle(model: PdModel, as_of: date, config: TrainingConfig, severity: Severity) -> Bundle:
    definition = config.default.model_dump(mode="json")
    return Bundle(as_of, config.horizon_days, definition, _NAMES, model, severity)


def _population(bundle: Bundle, seen: pa.Table) -> Profile:
    """Take the histograms of all buyers on the training day, as they are scored from then on."""
    return profile(bundle.features, to_matrix(seen, bundle.features), bundle.pd(seen))


def _countries(connection: duckdb.DuckDBPyConnection, as_of: date, rows: Dataset) -> NDArray[np.object_]:
    known = circumstances(connection, as_of)
    country = dict(zip(known["buyer_id"].to_pylist(), known["country"].to_pylist(), strict=True))
    return np.array([country[buyer] for buyer in rows.buyer_id], dtype=object)
