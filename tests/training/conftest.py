"""A small simulated market, a small trained model and an empty registry, each made once for all tests of training."""

import os
import shutil
import warnings

import pytest

from tests.training.books import two_tempers
from tests.training.learned import learn
from training.market.parameters import load
from training.market.simulate import Wish, simulate


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
    return learn(tempers)


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
