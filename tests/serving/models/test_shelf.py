from datetime import date

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from models.bundle import Bundle, write_bundle
from models.champion import install
from models.pd.constant import ConstantPd
from serving.access.principal import Principal
from serving.errors import ForbiddenError
from serving.models.shelf import list_models
from tests.serving.desk.desks import LI

NAMES = tuple(feature.name for feature in CATALOGUE)


def put(home, run, day, rate):
    X = np.zeros((100, len(NAMES)))
    model = ConstantPd().fit(X, (np.arange(100) < rate).astype(float))
    folder = home / "mlflow-artifacts" / run / "artifacts" / "bundle"
    folder.parent.mkdir(parents=True)
    write_bundle(Bundle(day, 90, {"days_past_due": 60}, NAMES, model), folder)
    return folder


def test_the_champion_stands_first_and_the_others_by_age(tmp_path):
    put(tmp_path, "r1", date(2024, 1, 1), 5)
    champion = put(tmp_path, "r2", date(2024, 6, 30), 6)
    put(tmp_path, "r3", date(2024, 9, 30), 7)
    install(champion, "2", tmp_path)
    told = list_models(LI, tmp_path)
    assert [(each.place, each.version, each.trained_as_of) for each in told] == [
        ("champion", "2", date(2024, 6, 30)),
        ("challenger", None, date(2024, 9, 30)),
        ("former", None, date(2024, 1, 1)),
    ]
    assert (told[0].kind, told[0].features) == ("constant", len(NAMES))


def test_before_any_promotion_all_are_challengers(tmp_path):
    put(tmp_path, "r1", date(2024, 1, 1), 5)
    assert [each.place for each in list_models(LI, tmp_path)] == ["challenger"]
    assert list_models(LI, tmp_path / "nowhere") == []


def test_the_platform_does_not_read_models(tmp_path):
    with pytest.raises(ForbiddenError):
        list_models(Principal("p", "platform"), tmp_path)
