"""How LGD and EAD of a model weigh in limits."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from features.catalogue import CATALOGUE
from models.bundle import Bundle
from models.decision.book import assess, set_limits
from models.demand import OWED_SHARE
from models.matrix import to_matrix
from models.pd.constant import ConstantPd
from models.policy import BASIS_POINTS
from models.severity import Severity, shrunk
from tests.models.decision.buyers import DAY, POLICY
from tests.models.decision.snapshots import drawn

NAMES = tuple(feature.name for feature in CATALOGUE)


def run(**severity):
    snapshot, circumstances, assessment = drawn(300)
    told = replace(assessment, **{name: np.full(300, share) for name, share in severity.items()})
    return set_limits(snapshot, circumstances, told, POLICY, DAY, {}, horizon_days=90, model_version="7")


def test_without_a_model_of_severity_the_policy_s_loss_and_the_usual_share_count():
    same = run(lgd=POLICY.loss_given_default / BASIS_POINTS, ead=OWED_SHARE)
    assert (run().decisions, run().loss) == (same.decisions, same.loss)


@pytest.mark.parametrize("worse", [{"lgd": 1.0}, {"ead": 2 * OWED_SHARE}])
def test_where_more_is_lost_less_is_covered(worse):
    assert run(**worse).covered < run().covered


def test_a_bundle_tells_severity_by_country_class():
    snapshot, _, _ = drawn(50)
    X = to_matrix(snapshot, NAMES)
    severity = Severity(*(shrunk(np.ones(40), np.ones(40), np.full(40, 7.0), prior) for prior in (0.5, 0.25)))
    bundle = Bundle(date(2025, 12, 31), 90, {}, NAMES, ConstantPd().fit(X, np.tile([0.0, 1.0], 25)), severity)
    risky = to_matrix(snapshot, ["country_risk_class"])[:, 0] == 7
    told = assess(bundle, snapshot)
    assert told.lgd is not None
    assert told.ead is not None
    assert set(told.lgd[risky]) == {severity.lgd.by_class["7"]}
    assert set(told.ead[~risky]) == {severity.ead.portfolio}
    assert assess(replace(bundle, severity=None), snapshot).lgd is None
