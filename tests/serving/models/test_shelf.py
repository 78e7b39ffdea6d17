from datetime import date
from functools import partial

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from models.bundle import Bundle, write_bundle
from models.champion import install, read_champion
from models.pd.constant import ConstantPd
from serving.access.principal import Principal
from serving.database.pool import run
from serving.errors import ForbiddenError, NotFoundError
from serving.models.kept import work_states
from serving.models.shelf import read_report, read_shelf
from tests.serving.models.registries import GAO, LI, MO, Models, version

NAMES = tuple(feature.name for feature in CATALOGUE)


def shelf(models, who=LI, in_use=None, home=None, has_registry=True):
    reading = partial(read_shelf, principal=who, in_use=in_use, home=home, has_registry=has_registry)
    return models.run(reading)


def test_the_champion_stands_first_and_each_has_its_place(models):
    models.say(GAO, models.promote(MO), "confirmed")
    models.round()
    models.registry.versions.insert(0, version("3"))
    models.read()
    found = shelf(models)
    assert [(each.version, each.place) for each in found.models] == [
        ("2", "champion"),
        ("3", "challenger"),
        ("1", "former"),
    ]
    assert found.models[1].judged.failed == ()
    assert all(each.has_report for each in found.models)
    assert [change.status for change in found.changes] == ["in_use"]


def test_without_a_registry_the_bundle_in_use_is_told(database, tmp_path):
    models = Models(database)
    X = np.zeros((100, len(NAMES)))
    model = ConstantPd().fit(X, (np.arange(100) < 5).astype(float))
    write_bundle(Bundle(date(2024, 6, 30), 90, {"days_past_due": 60}, NAMES, model), tmp_path / "b")
    install(tmp_path / "b", "7", tmp_path)
    found = shelf(models, in_use=read_champion(tmp_path), home=tmp_path, has_registry=False)
    (only,) = found.models
    assert (only.place, only.version, only.kind, only.features) == ("champion", "7", "constant", len(NAMES))
    assert shelf(models, home=tmp_path, has_registry=False).models == ()
    assert not models.run(lambda pool: run(pool, work_states))["read"].is_due


def test_an_old_reading_is_renewed_when_somebody_looks(models, sql):
    shelf(models)
    assert models.run(lambda pool: run(pool, work_states))["read"].is_due
    models.round()
    shelf(models)
    assert not models.run(lambda pool: run(pool, work_states))["read"].is_due, "it is fresh"


def test_a_report_is_read_by_version(models):
    assert models.run(partial(read_report, principal=LI, version="2")) == "<h1>report 2</h1>"
    with pytest.raises(NotFoundError, match="report of version 9"):
        models.run(partial(read_report, principal=LI, version="9"))


def test_the_platform_does_not_read_models(models):
    with pytest.raises(ForbiddenError):
        shelf(models, Principal("p", "platform"))
