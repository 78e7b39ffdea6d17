import json
import shutil
from dataclasses import replace
from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.errors import DataError
from models.champion import Champion
from tests.training.books import LAST, payment, two_tempers, write_book
from tests.training.learned import QUICK
from training.drift import drift, summary
from training.thresholds import DriftThresholds
from training.train import train


@pytest.fixture
def champion(learned):
    return Champion("7", learned.bundle)


def test_the_training_day_itself_has_not_moved(learned, tempers, champion):
    found = drift(tempers, LAST, champion, DriftThresholds())
    assert not found.drifted
    assert max(each.psi for each in found.shifts) == 0
    told = json.loads(json.dumps(summary(found)))
    assert (told["version"], told["matured"]) == ("7", None)


def test_buyers_that_stop_paying_are_another_population(tempers, champion, tmp_path):
    shutil.copytree(tempers, tmp_path / "book")
    paid = pq.read_table(tempers / "payments.parquet")
    early = paid.filter(pc.less(paid["paid_on"], date(2024, 9, 1)))
    pq.write_table(early, tmp_path / "book" / "payments.parquet")
    found = drift(tmp_path / "book", LAST, champion, DriftThresholds())
    checks = {check.name: check.passed for check in found.checks}
    assert found.drifted
    assert not checks["score"]
    assert found.mean_pd[1] > found.mean_pd[0]


def test_values_that_go_missing_are_told(tempers, champion, tmp_path):
    shutil.copytree(tempers, tmp_path / "book")
    (tmp_path / "book" / "payments.parquet").unlink()
    found = drift(tmp_path / "book", LAST, champion, DriftThresholds())
    missing = next(check for check in found.checks if check.name == "missing")
    assert not missing.passed
    assert "is missing in 100.0%" in missing.told


def test_what_came_of_later_days_is_held_against_what_was_predicted(tmp_path):
    book = two_tempers(tmp_path)
    early = date(2024, 5, 31)
    old = Champion("1", train(book, early, QUICK.model_copy(update={"least_defaults": 2})).bundle)
    found = drift(book, LAST, old, DriftThresholds(feature_psi=99, score_psi=99, score_ratio=99, missing_rise=1))
    assert found.matured is not None
    assert min(found.matured.days) >= early
    assert not found.drifted
    too_low = replace(old.bundle, model=_tenth(old.bundle.model))
    lower = drift(book, LAST, Champion("1", too_low), DriftThresholds())
    assert not next(check for check in lower.checks if check.name == "calibration").passed


@pytest.mark.parametrize(("pays", "told"), [(True, "but nobody defaulted"), (False, "but all of them are defaults")])
def test_mature_outcomes_that_are_all_alike_are_told_as_such(tempers, learned, tmp_path, pays, told):
    orders = sorted(pq.read_table(tempers / "orders.parquet").to_pylist(), key=lambda each: each["due_on"])
    due = [each for each in orders if each["due_on"] <= LAST]
    # A book without a single payment would be too old.
    settled = due if pays else due[-1:]
    paid = [payment(f"x{n}", each["order_id"], each["due_on"], each["amount_minor"]) for n, each in enumerate(settled)]
    old = Champion("1", replace(learned.bundle, trained_as_of=date(2024, 5, 31)))
    found = drift(write_book(tmp_path, orders, paid), LAST, old, DriftThresholds())
    (check,) = (each for each in found.checks if each.name == "calibration")
    assert (found.matured, check.passed, check.figure) == (None, True, None)
    assert told in check.told


def test_outcomes_that_are_not_mature_yet_are_told_as_such(tempers, champion):
    (check,) = (each for each in drift(tempers, LAST, champion, DriftThresholds()).checks if each.name == "calibration")
    assert "is mature yet" in check.told


def _tenth(model):
    import copy

    lower = copy.deepcopy(model)
    predict = type(model)._pd
    lower._pd = lambda known: predict(model, known) / 10
    return lower


def test_a_day_before_the_book_and_a_champion_without_population_are_named(tempers, champion):
    with pytest.raises(DataError, match="comes before every order"):
        drift(tempers, date(2020, 1, 1), champion, DriftThresholds())
    with pytest.raises(DataError, match="kept no population"):
        drift(tempers, LAST, Champion("7", replace(champion.bundle, profile=None)), DriftThresholds())
