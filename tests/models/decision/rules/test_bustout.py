import pytest

from models.decision.rules.bustout import bust_out_signs
from tests.models.decision.buyers import POLICY, buyer, there

SIGNS = POLICY.referral


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"new_exporters_7d": SIGNS.new_exporters}, "many_new_exporters"),
        ({"new_exporters_30d": SIGNS.new_exporters * 3}, "many_new_exporters"),
        ({"jump": 0.9, "open": SIGNS.jump_floor}, "jump_against_paid"),
    ],
)
def test_each_sign_asks_for_a_person(change, code):
    found = there(bust_out_signs(buyer(**change), POLICY))
    assert (found.verdict, found.reason.code) == ("condition", code)


@pytest.mark.parametrize(
    "change",
    [
        {"new_exporters_7d": SIGNS.new_exporters - 1, "new_exporters_30d": SIGNS.new_exporters},
        {"jump": 0.9, "open": SIGNS.jump_floor - 1},
        {"jump": 0.8, "open": SIGNS.jump_floor},
        {"jump": None, "open": SIGNS.jump_floor},
        {"jump": 1.0, "open": SIGNS.jump_floor},
    ],
    ids=["few exporters", "small orders", "small jump", "no orders", "nothing ever paid"],
)
def test_less_than_a_sign_is_none(change):
    assert bust_out_signs(buyer(**change), POLICY) is None


def test_the_jump_is_told_in_times():
    found = there(bust_out_signs(buyer(jump=0.9, open=SIGNS.jump_floor), POLICY))
    assert found.reason.facts == {"times": "9.0"}
