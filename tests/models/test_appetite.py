from datetime import date

import pytest

from features.errors import ConfigError
from models.appetite import CalibratedAppetite, in_use, keep

FOUND = CalibratedAppetite("2024-current", 0.75, date(2025, 12, 31), 6, 1200)


def test_what_is_kept_is_in_use_for_its_own_policy_only(tmp_path):
    assert in_use(tmp_path, "2024-current") is None
    keep(FOUND, tmp_path)
    assert in_use(tmp_path, "2024-current") == FOUND
    assert in_use(tmp_path, "2020-launch") is None


@pytest.mark.parametrize("text", ["", "[]", '{"scale": 1}', '{"calibrated_on": 5}'])
def test_a_damaged_file_stops_the_run_with_a_remedy(tmp_path, text):
    file = keep(FOUND, tmp_path)
    file.write_text(text)
    with pytest.raises(ConfigError, match="--keep-scale"):
        in_use(tmp_path, "2024-current")


def test_a_scale_that_cannot_be_is_refused(tmp_path):
    file = keep(FOUND, tmp_path)
    file.write_text(file.read_text().replace("0.75", "-0.75"))
    with pytest.raises(ConfigError, match="a scale of"):
        in_use(tmp_path, "2024-current")
