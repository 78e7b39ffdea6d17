"""The parameter file: what it documents is what is read, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from features.errors import ConfigError
from training.market.parameters import DEFAULT, load


def _changed(tmp_path: Path, key: str, value: Any) -> Path:
    raw = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    part = raw
    *path, last = key.split(".")
    for name in path:
        part = part[name]
    part[last] = value
    file = tmp_path / "market.yaml"
    file.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return file


def test_the_default_is_read():
    assert load().horizon_days == 90


def test_a_changed_figure_is_read(tmp_path):
    assert load(_changed(tmp_path, "buyers.lumpiness", 1.5)).buyers.lumpiness == 1.5


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("buyers.colour", 1, "colour"),
        ("horizon_days", 121, "horizon_days"),
        ("owners.names", {1: 0.5}, "sum to 1"),
        ("recording.shipping_days", [9, 3], "must not fall"),
        ("states.sound.next", {"nowhere": 0.1}, "nowhere"),
        ("states.sound.next", {"strong": 0.8, "fading": 0.4}, "more than 1"),
        ("owners.start", {"asleep": 1.0}, "asleep"),
        ("buyers.registered", [0.5], "each frailty"),
        ("owners.frailty", {5.0: 0.2, 4.0: 0.2, 3.0: 0.2, 2.0: 0.2, 1.0: 0.2}, "must rise"),
        ("payments.earliest", -15, "earliest"),
        ("buyers.terms.long.days", {150: 1.0}, "196 days"),
        ("countries.list.AE.class", 8, "countries.list.AE.class"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_key(tmp_path, key, value, told):
    with pytest.raises(ConfigError, match=told):
        load(_changed(tmp_path, key, value))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_numbers_are_listed_by_state():
    parameters = load()
    assert parameters.by_state("hazard").tolist() == [state.hazard for state in parameters.states.values()]
