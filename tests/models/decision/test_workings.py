import json

import pytest
from hypothesis import given

from models.decision.decide import decide
from models.decision.facts import Proposal
from models.decision.workings import ReplayError, replay, workings
from models.policy import Policies, policies
from tests.models.decision.buyers import DAY, POLICY, buyer
from tests.models.decision.test_decide import currents, facts, proposals

RUN = {"model_version": "3", "prices": {"loss": 17.25, "country": {"AE": 0.125}}}


@given(facts, currents, proposals)
def test_a_decision_replays_to_the_same_bytes(facts, current, proposal):
    decision = decide(facts, POLICY, DAY, current, proposal)
    text = workings(facts, POLICY, DAY, current, proposal, decision, RUN)
    assert replay(text, policies()) == text
    assert json.loads(text)["run"] == RUN


def stored():
    given_, proposal = buyer(), Proposal(20_000_00)
    return workings(given_, POLICY, DAY, None, proposal, decide(given_, POLICY, DAY, None, proposal), RUN)


def test_a_changed_amount_does_not_replay():
    changed = stored().replace('"amount":2000000', '"amount":2500000', 1)
    assert changed != stored()
    assert replay(changed, policies()) != changed


def test_other_terms_under_the_same_name_are_refused():
    other = Policies((POLICY.model_copy(update={"notice_days": 1}),))
    with pytest.raises(ReplayError, match=f"policy version {POLICY.version}: has other terms"):
        replay(stored(), other)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"facts": {}}'])
def test_what_is_no_workings_is_refused(text):
    with pytest.raises(ReplayError, match="take them as they were stored"):
        replay(text, policies())
