import json
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import numpy as np
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from features.errors import CallerError, DataError, UnavailableError
from models.champion import read_champion
from tests.training.books import LAST, order, payment, slow_tempers, two_tempers, write_book
from tests.training.learned import QUICK
from training.config import Snapshots, TrainingConfig
from training.judging import Estimate
from training.registration import register
from training.summary import show, summary
from training.train import CHOSEN, train, write_predictions

CONFIG = TrainingConfig(horizon_days=60, bootstrap_draws=50, snapshots=Snapshots(every_days=30))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return train(two_tempers(tmp_path_factory.mktemp("book")), LAST, CONFIG)


def test_it_learns_what_there_is_to_learn(trained):
    figures = trained.judgement.figures
    assert trained.contest.chosen != "constant"
    assert figures[trained.contest.chosen]["auc"].low > 0.6
    assert trained.judgement.gains["constant"]["log_loss"].value < 0


def test_days_and_titles_are_whole_on_a_narrow_terminal(trained):
    console = Console(width=80, record=True, file=StringIO())
    show(trained, console)
    told = console.export_text()
    assert "…" not in told
    assert all(str(each.split.test[-1]) in told for each in trained.origins)


def test_fitting_and_judging_lie_apart_in_time(trained):
    assert trained.split.train[-1] + timedelta(days=trained.ripeness.wait_days) <= trained.split.cut
    assert set(trained.train.as_of).isdisjoint(set(trained.test.as_of))
    assert len(trained.train) + len(trained.test) > 0


def test_every_origin_is_judged_by_models_fitted_on_what_was_mature_then(trained):
    origins = trained.origins
    assert len(origins) == CONFIG.rolling_origins
    assert [each.rows for each in origins] == sorted({each.rows for each in origins})
    assert sum(each.test_rows for each in origins) == len(trained.test)
    for each in origins:
        mature = trained.ripeness.wait_days
        assert each.split.train[-1] + timedelta(days=mature) <= each.split.cut
    by_origin = np.concatenate([each.judgement.pd["blend"] for each in origins])
    assert np.array_equal(by_origin, trained.judgement.pd["blend"])
    # The later models are others than the first: they have learnt more.
    last = trained.test.rows(origins[-1].split.test)
    assert not np.array_equal(trained.contest.fitted["blend"].predict_pd(last.X), origins[-1].judgement.pd["blend"])


def test_the_first_origin_is_the_contest_itself(trained):
    first = trained.origins[0]
    rows = trained.test.rows(first.split.test)
    assert np.array_equal(trained.contest.fitted["blend"].predict_pd(rows.X), first.judgement.pd["blend"])


def test_predictions_hold_every_out_of_time_row_of_every_model(trained, tmp_path):
    write_predictions(trained, tmp_path / "p.parquet")
    table = pq.read_table(tmp_path / "p.parquet").to_pandas()
    assert list(table.columns) == ["buyer_id", "as_of", "outcome", "pd", "model"]
    assert table["model"].value_counts().to_dict() == dict.fromkeys(
        (CHOSEN, "constant", "scorecard", "lightgbm"), len(trained.test)
    )
    for label, name in {CHOSEN: trained.contest.chosen, "scorecard": "scorecard"}.items():
        assert np.array_equal(table[table["model"] == label]["pd"].to_numpy(), trained.judgement.pd[name])
    assert not table.duplicated(["buyer_id", "as_of", "model"]).any()


def test_predictions_that_cannot_be_written_are_named(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CallerError, match="cannot be written"):
        write_predictions(trained, tmp_path / "file" / "p.parquet")


def test_the_summary_is_json_and_adds_up(trained):
    told = json.loads(json.dumps(summary(trained)))
    assert told["rows"]["test"]["rows"] == len(trained.test)
    assert told["split"]["test"][0] == trained.split.cut.isoformat()
    assert set(told["figures"]) == {"constant", "scorecard", "lightgbm", "blend"}
    # A payment is recorded on its day in this book.
    assert told["maturity"]["reporting_lag"]["payment"]["days_95%"] == told["maturity"]["reporting_lag_days"] == 0
    assert told["maturity"]["left_out"]["young_days"] == trained.ripeness.wait_days // 30
    assert told["maturity"]["left_out"]["young_rows"] > 0
    assert sum(each["rows"]["test"] for each in told["origins"]) == len(trained.test)
    assert {"grades", "countries"} == set(told["calibration"]["corrected_for_drift"])
    assert sum(each["rows"] for each in told["calibration"]["grades"].values()) < len(trained.test)
    assert 0 < told["severity"]["lgd"]["portfolio"] < 1


def test_the_future_does_not_move_the_model(trained, tmp_path):
    book = two_tempers(tmp_path)
    table = pq.read_table(book / "orders.parquet").to_pylist()
    paid = pq.read_table(book / "payments.parquet").to_pylist()
    after = [order(f"f{n}", f"b{n:03}", LAST + timedelta(days=1 + n % 20), amount=10**9) for n in range(120)]
    write_book(tmp_path, [*table, *after], paid)
    again = train(book, LAST, CONFIG)
    assert again.bundle.model.state() == trained.bundle.model.state()
    assert {n: list(p) for n, p in again.judgement.pd.items()} == {n: list(p) for n, p in trained.judgement.pd.items()}


def test_what_is_fitted_for_a_cut_does_not_hang_on_what_was_recorded_later(tmp_path):
    trained = train(slow_tempers(tmp_path), LAST, QUICK)
    orders, payments = (pq.read_table(tmp_path / f"{name}.parquet").to_pylist() for name in ("orders", "payments"))
    cut = trained.split.cut
    # What had long to pay on the cut is paid when it falls due, and nobody could have known that.
    slow = [
        each for each in orders if each["order_id"].startswith("slow") and each["ordered_on"] < cut < each["due_on"]
    ]
    paid = [payment(f"x{n}", each["order_id"], each["due_on"], each["amount_minor"]) for n, each in enumerate(slow)]
    again = train(write_book(tmp_path, orders, [*payments, *paid]), LAST, QUICK)
    assert again.split == trained.split
    assert np.array_equal(again.train.y, trained.train.y)
    for name, model in trained.contest.fitted.items():
        assert model.state() == again.contest.fitted[name].state()
    assert again.evidence.judged.severity == trained.evidence.judged.severity
    # The model in use is fitted on all that is known today.
    assert again.rows.defaults < trained.rows.defaults


@pytest.mark.parametrize(
    ("config", "as_of", "message"),
    [
        (CONFIG.model_copy(update={"horizon_days": 600}), LAST, "span too little"),
        (CONFIG.model_copy(update={"least_defaults": 100_000}), LAST, "fewer than 100000"),
        (CONFIG, date(2020, 1, 1), "comes before every order"),
        (CONFIG, date(2023, 3, 1), "span too little"),
    ],
)
def test_data_that_is_not_enough_is_named(tmp_path, config, as_of, message):
    with pytest.raises(DataError, match=message):
        train(two_tempers(tmp_path, buyers=30), as_of, config)


def test_a_registered_version_can_be_promoted(trained, tmp_path, monkeypatch):
    from training.promotion import GateError, Override, promote, registered
    from training.registry import Registry

    monkeypatch.setenv("BOLANGGU_HOME", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    version = register(trained)
    registry = Registry()
    assert (registry.version_of("challenger"), registry.version_of("champion")) == (version, None)
    (tried,) = registered([version])
    assert (tried.version, registry.version_of("champion")) == (version, None)
    # All buyers of this book began at once: no later population is like the first.
    with pytest.raises(GateError, match="fails stable"):
        promote(version, registry)
    champion = promote(version, registry, override=Override("a cohort"))
    assert (champion.version, registry.version_of("champion")) == (version, version)
    assert np.array_equal(
        champion.bundle.model.predict_pd(trained.test.X), trained.bundle.model.predict_pd(trained.test.X)
    )
    assert read_champion(tmp_path).version == version
    with pytest.raises(CallerError, match="model version 99: is not in the registry"):
        promote("99", registry)


def test_a_registry_that_is_down_is_named_and_nothing_is_registered(trained, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/file/mlflow.db")
    with pytest.raises(UnavailableError, match=r"registry sqlite:.*does not answer"):
        register(replace(trained, version=None))


def test_a_figure_that_one_class_cannot_give_is_null_in_the_summary(trained):
    nobody = Estimate(float("nan"), float("nan"), float("nan"))
    first = trained.origins[0]
    figures = {name: titles | {"auc": nobody} for name, titles in first.judgement.figures.items()}
    poor = replace(first, judgement=replace(first.judgement, figures=figures))
    told = json.dumps(summary(replace(trained, origins=(poor,))), allow_nan=False)
    assert json.loads(told)["origins"][0]["figures"]["blend"]["auc"] == [None, None, None]
