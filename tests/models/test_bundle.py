from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import CATALOGUE
from models.bundle import Bundle, BundleError, read_bundle, write_bundle
from models.champion import folder_of, install, read_champion
from models.pd.blend import BlendPd
from models.pd.boosted import BoostedPd
from models.pd.scorecard import ScorecardPd
from models.profile import profile
from models.severity import Severity, shrunk

NAMES = tuple(feature.name for feature in CATALOGUE)
SEVERITY = Severity(*(shrunk(np.array([0.2, 0.7]), np.ones(2), np.array([3.0, -1.0]), prior) for prior in (0.59, 0.25)))


def snapshot(rows=300):
    draw = np.random.default_rng(3)
    return pa.table({name: draw.normal(size=rows) for name in NAMES})


@pytest.fixture(
    scope="module", params=[ScorecardPd(), BoostedPd(rounds=20), BlendPd(rounds=20)], ids=lambda model: model.kind
)
def bundle(request):
    X = np.column_stack([snapshot()[name].to_numpy() for name in NAMES])
    model = request.param.fit(X, (X[:, 0] > 1).astype(float))
    return Bundle(
        date(2025, 12, 31), 90, {"days_past_due": 60}, NAMES, model, SEVERITY, profile(NAMES, X, model.predict_pd(X))
    )


def test_it_reads_back_and_predicts_the_same(tmp_path, bundle):
    write_bundle(bundle, tmp_path / "b")
    read = read_bundle(tmp_path / "b")
    assert np.array_equal(read.pd(snapshot()), bundle.pd(snapshot()))
    assert (read.trained_as_of, read.horizon_days, read.definition) == (date(2025, 12, 31), 90, {"days_past_due": 60})
    assert (read.severity, read.profile) == (SEVERITY, bundle.profile)


def test_columns_are_taken_by_name_whatever_their_order(tmp_path, bundle):
    reversed_table = snapshot().select(list(reversed(NAMES)))
    assert np.array_equal(bundle.pd(reversed_table), bundle.pd(snapshot()))


def test_the_same_model_gives_the_same_bytes(tmp_path, bundle):
    for name in ("a", "b"):
        write_bundle(bundle, tmp_path / name)
    files = [file.name for file in (tmp_path / "a").iterdir()]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_a_changed_byte_is_refused(tmp_path, bundle):
    trees = ("trees.txt",) if "trees" in bundle.model.state() else ()
    for name in ("model.json", "severity.json", "profile.json", *trees):
        write_bundle(bundle, tmp_path / "b")
        file = tmp_path / "b" / name
        file.write_text(file.read_text() + " ")
        with pytest.raises(BundleError, match=f"{name}: has another SHA-256"):
            read_bundle(tmp_path / "b")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda text: text.replace('"horizon_days": 90', '"horizon_days": 30'), "differs from its seal"),
        (lambda text: text[:-20], "is no manifest"),
        (lambda text: "{}", "is no manifest"),
        (lambda text: "[]", "is no manifest"),
    ],
)
def test_a_changed_manifest_is_refused(tmp_path, bundle, change, cause):
    write_bundle(bundle, tmp_path / "b")
    file = tmp_path / "b" / "manifest.json"
    file.write_text(change(file.read_text()))
    with pytest.raises(BundleError, match=f"manifest.json: {cause}"):
        read_bundle(tmp_path / "b")


def test_features_computed_in_another_way_are_refused(tmp_path, bundle, monkeypatch):
    monkeypatch.setattr("models.bundle.feature_version", lambda: "another")
    write_bundle(bundle, tmp_path / "b")
    monkeypatch.undo()
    with pytest.raises(BundleError, match="was trained on features of version another"):
        read_bundle(tmp_path / "b")


def test_a_missing_file_is_named(tmp_path, bundle):
    with pytest.raises(BundleError, match=r"manifest.json: cannot be read"):
        read_bundle(tmp_path)


def test_features_that_this_program_lacks_are_named(tmp_path, bundle):
    other = Bundle(bundle.trained_as_of, 90, {}, (*NAMES[:-1], "shoe_size"), bundle.model)
    write_bundle(other, tmp_path / "b")
    with pytest.raises(BundleError, match="shoe_size"):
        read_bundle(tmp_path / "b")


def test_a_champion_is_installed_whole_or_not_at_all(tmp_path, bundle):
    with pytest.raises(BundleError, match=r"run `bolanggu train`"):
        read_champion(tmp_path)
    write_bundle(bundle, tmp_path / "b")
    assert install(tmp_path / "b", "7", tmp_path).version == "7"
    (tmp_path / "b" / "model.json").write_text("{}")
    with pytest.raises(BundleError, match="SHA-256"):
        install(tmp_path / "b", "8", tmp_path)
    assert read_champion(tmp_path).version == "7"
    assert folder_of(tmp_path).is_dir()
