import json
import shutil
from dataclasses import replace
from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.errors import DataError
from models.champion import Champion
from tests.training.books import LAST, two_tempers
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
