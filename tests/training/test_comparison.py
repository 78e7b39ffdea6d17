import pytest

from features.errors import DataError
from tests.training.learned import defaulting_only
from training.comparison import LEAST_DEFAULTS, Incumbent, compare


def test_few_defaulting_buyers_tell_nothing_however_many_rows_they_fill(learned):
    bundle = learned.bundle
    champion = Incumbent("3", bundle, learned.evidence)

    def compared(buyers):
        return compare(defaulting_only(learned.evidence, buyers), bundle.horizon_days, bundle.definition, champion)

    few = defaulting_only(learned.evidence, LEAST_DEFAULTS - 1)
    assert few.y.sum() > LEAST_DEFAULTS
    with pytest.raises(DataError, match="with 9 defaulting buyers, fewer than 10"):
        compared(LEAST_DEFAULTS - 1)
    assert compared(LEAST_DEFAULTS).defaults == LEAST_DEFAULTS
