from hypothesis import given
from hypothesis import strategies as st

from models.policy import policies
from serving.access.principal import Principal
from serving.desk.authority import needed

POLICY = policies().version("2024-current")
LI, ZHAO = Principal("li", "underwriter"), Principal("zhao", "senior")
PLATFORM = Principal("platform", "platform")
people = st.sampled_from([LI, Principal("wang", "underwriter"), ZHAO, Principal("sun", "senior")])


@given(st.integers(2_000_001, 15_000_000), people)
def test_beyond_the_machine_nobody_is_enough_alone(amount, person):
    takes = needed(POLICY, amount, is_protective=False)
    assert not takes.is_met(person, [])
    assert not takes.is_met(person, [person])
    assert not takes.is_met(PLATFORM, [person])


@given(st.integers(8_000_001, 15_000_000), st.lists(people, max_size=4), people)
def test_beyond_an_underwriter_a_senior_has_approved(amount, approvers, proposer):
    takes = needed(POLICY, amount, is_protective=False)
    if takes.is_met(proposer, approvers):
        assert any(each.role == "senior" for each in approvers)
        assert len({each.name for each in [proposer, *approvers]}) >= 2


@given(st.integers(0, 15_000_000))
def test_what_protects_takes_one(amount):
    assert needed(POLICY, amount, is_protective=True).is_met(LI, [])


@given(st.integers(2_000_001, 15_000_000), people)
def test_who_asked_for_less_is_none_of_those_who_agree(amount, approver):
    takes = needed(POLICY, amount, is_protective=False)
    assert not takes.is_met(None, [approver])
    assert takes.is_met(None, [ZHAO, Principal("yu", "senior")])


def test_a_key_is_no_pair_of_eyes():
    assert not needed(POLICY, 100, is_protective=False).is_met(PLATFORM, [])
    assert needed(POLICY, 100, is_protective=False).is_met(PLATFORM, [LI])
