"""A training run into the registry: parameters, figures, what it rests on, and all files that it leaves."""

import tempfile
from pathlib import Path
from typing import Any

from features.snapshot.version import feature_version
from models.bundle import write_bundle
from training.evidence import FOLDER, write_evidence
from training.fingerprint import code_version, commit, config_fingerprint
from training.promotion import incumbent
from training.registry import BUNDLE, Registry
from training.report.page import page, write_page
from training.train import Trained, write_predictions

CHALLENGER = "challenger"
REPORT = "report.html"


def report_and_register(trained: Trained, registry: Registry, report: Path | None = None) -> str:
    """Write the run's report against the champion (to a file too where one is named) and register all.

    Returns:
        The version.

    Raises:
        UnavailableError: the registry does not answer; nothing is registered then.
        CallerError: the file cannot be written; nothing is registered then either.
    """
    html = page(trained, incumbent(registry))
    if report is not None:
        write_page(html, report)
    return register(trained, registry, html)


def register(trained: Trained, registry: Registry | None = None, report: str | None = None) -> str:
    """Log the run to MLflow and register its bundle as `challenger`, its report beside it; give the version.

    Raises:
        UnavailableError: the registry does not answer; nothing is registered then.
    """
    registry = registry or Registry()
    with tempfile.TemporaryDirectory() as folder:
        artifacts = Path(folder)
        write_bundle(trained.bundle, artifacts / BUNDLE)
        write_predictions(trained, artifacts / "predictions.parquet")
        write_evidence(trained.evidence, artifacts / FOLDER)
        if report is not None:
            (artifacts / REPORT).write_text(report, encoding="utf-8")
        features = trained.bundle.features
        return registry.record(parameters(trained), metrics(trained), tags(trained), artifacts, features, CHALLENGER)


def parameters(trained: Trained) -> dict[str, Any]:
    """Tell what the run was told and where it cut."""
    split = trained.split
    return {
        "as_of": trained.as_of,
        "chosen": trained.contest.chosen,
        "config": trained.config.model_dump_json(),
        "train_days": f"{split.train[0]} to {split.train[-1]}",
        "test_days": f"{split.test[0]} to {split.test[-1]}",
        "train_rows": len(trained.train),
        "test_rows": len(trained.test),
    }


def metrics(trained: Trained) -> dict[str, float]:
    """Give all out-of-time figures with their intervals, under flat names."""
    return {
        f"{name}.{title}{suffix}": value
        for name, titles in trained.judgement.figures.items()
        for title, estimate in titles.items()
        for suffix, value in (("", estimate.value), (".low", estimate.low), (".high", estimate.high))
    }


def tags(trained: Trained) -> dict[str, str]:
    """Tell what the run rests on, as hashes."""
    rests_on = {
        "book_sha256": trained.book_sha256,
        "config_sha256": config_fingerprint(trained.config),
        "code_version": code_version(),
        "feature_version": feature_version(),
        "mlflow.source.git.commit": commit(),
    }
    return {name: value for name, value in rests_on.items() if value is not None}
