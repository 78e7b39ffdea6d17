import pytest

from models.decision.rounding import up_to_tier
from models.decision.rules.grade import graded
from tests.models.decision.buyers import POLICY, buyer, there

WORST = POLICY.grades[-1]


def test_a_grade_without_cover_refuses():
    assert WORST.need_share == 0
    found = there(graded(buyer(pd=0.9), POLICY))
    assert (found.verdict, found.reason.code) == ("refuse", "limit_refused")


@pytest.mark.parametrize("grade", [grade for grade in POLICY.grades if 0 < grade.need_share < 10_000], ids=str)
def test_a_middling_grade_gets_its_share_of_the_need_rounded_up(grade):
    found = there(graded(buyer(pd=grade.max_pd, need=33_333_00), POLICY))
    assert found.verdict is None
    assert found.most == up_to_tier(33_333_00 * grade.need_share // 10_000, POLICY)
    assert found.reason.facts["share"] == f"{grade.need_share / 100:g} %"


def test_the_best_grades_are_not_bounded_and_no_pd_has_no_grade():
    assert graded(buyer(pd=0.001), POLICY) is None
    assert graded(buyer(pd=None), POLICY) is None
