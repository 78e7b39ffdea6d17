"""A small simulated market, a small trained model and an empty registry, each made once for all tests of training."""

import os
import shutil
import warnings
from dataclasses import replace

import pytest

from features.catalogue import CATALOGUE
from models.profile import profile
from tests.training.books import LAST, two_tempers
from training.config import Snapshots, TrainingConfig
from training.market.parameters import load
from training.market.simulate import Wish, simulate
from training.train import train

QUICK = TrainingConfig(
    horizon_days=60, bootstrap_draws=50, snapshots=Snapshots(every_days=30), candidates=("constant", "scorecard")
)


@pytest.fixture(scope="session")
def small_market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market") / "book"
    simulate(folder, Wish(buyers=700, years=4, seed=11), load(), workers=1)
    return folder


@pytest.fixture(scope="session")
def tempers(tmp_path_factory):
    return two_tempers(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def learned(tempers):
    """A run on buyers that all began at once, told as if its population had been stable, which no such book's is."""
    found = train(tempers, LAST, QUICK)
    judged = found.evidence.judged
    stable = profile([each.name for each in CATALOGUE], found.test.X, judged.model.predict_pd(found.test.X))
    return replace(found, evidence=replace(found.evidence, fitted_on=stable))


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory):
    """MLflow takes seconds to make its tables: they are made once and copied."""
    from mlflow import MlflowClient

    file = tmp_path_factory.mktemp("registry") / "mlflow.db"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def registry_home(empty_registry, tmp_path, monkeypatch):
    """A home with an empty registry of its own."""
    monkeypatch.setenv("BOLANGGU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "home").mkdir()
    shutil.copy(empty_registry, tmp_path / "home" / "mlflow.db")
    return tmp_path / "home"


@pytest.fixture
def registry(registry_home):
    from training.registry import Registry

    assert "MLFLOW_TRACKING_URI" not in os.environ
    return Registry()
