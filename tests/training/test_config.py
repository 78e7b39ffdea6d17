import pytest

from features.errors import ConfigError
from training.config import TrainingConfig, read_config


def test_without_a_file_the_programmes_definition_holds():
    config = read_config(None)
    assert (config.horizon_days, config.default.days_past_due, config.default.accepted_claim) == (90, 60, True)


def test_a_file_changes_what_it_names(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("horizon_days: 60\ndefault: {days_past_due: 30}\n")
    assert read_config(file) == TrainingConfig.model_validate({"horizon_days": 60, "default": {"days_past_due": 30}})


def test_an_unknown_key_is_named_with_those_there_are(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("horizon: 60\n")
    with pytest.raises(ConfigError, match=r"horizon 60: .*keys there are: horizon_days, default"):
        read_config(file)
