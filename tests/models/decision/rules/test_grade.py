import pytest

from models.decision.rounding import up_to_tier
from models.decision.rules.grade import graded
from tests.models.decision.buyers import POLICY, buyer, there

WORST = POLICY.grades[-1]


def test_a_grade_without_cover_refuses():
    assert WORST.need_share == 0
    found = there(graded(buyer(pd=0.9), POLICY))
    assert (found.verdict, found.reason.code) == ("refuse", "limit_refused")


@pytest.mark.parametrize("grade", [grade for grade in POLICY.grades if grade.need_share], ids=lambda grade: grade.name)
def test_a_grade_with_cover_gets_its_share_of_the_need_rounded_up(grade):
    found = there(graded(buyer(pd=grade.max_pd, need=33_333_00), POLICY))
    assert found.verdict is None
    assert found.most == up_to_tier(33_333_00 * grade.need_share // 10_000, POLICY)
    assert found.reason.facts["share"] == f"{grade.need_share / 100:g} %"


def test_no_grade_with_cover_gets_less_than_a_buyer_that_nobody_knows():
    assert there(graded(buyer(pd=0.11, need=2_000_00), POLICY)).most == POLICY.discretionary_limit


def test_without_trade_a_grade_with_cover_bounds_nothing():
    assert graded(buyer(pd=0.05, need=0, orders_365d=0), POLICY) is None
    assert there(graded(buyer(pd=0.9, need=0, orders_365d=0), POLICY)).verdict == "refuse"


def test_without_a_pd_there_is_no_grade():
    assert graded(buyer(pd=None), POLICY) is None
