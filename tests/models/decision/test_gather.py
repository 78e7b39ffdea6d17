import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import CATALOGUE
from models.decision.gather import gather
from models.demand import demand
from tests.models.decision.snapshots import drawn

SIGNS = {feature.name: feature.sign for feature in CATALOGUE}


def gathered(buyers=400):
    snapshot, circumstances, assessment = drawn(buyers)
    countries = circumstances["country"].to_pylist()
    return snapshot, assessment, gather(snapshot, countries, assessment, demand(snapshot, 90))


def test_facts_are_those_of_the_row():
    snapshot, assessment, facts = gathered()
    row = snapshot.slice(17, 1).to_pylist()[0]
    found = facts[17]
    assert (found.buyer_id, found.orders_365d, found.open) == (
        row["buyer_id"],
        row["orders_365d"],
        row["open_usd_cents"],
    )
    assert found.pd == assessment.pd[17]
    assert isinstance(found.need, int)


def test_drivers_raise_the_pd_and_their_sentence_is_true():
    _, _, facts = gathered()
    told = [driver for each in facts for driver in each.drivers]
    assert len(told) > 200
    for driver in told:
        assert driver.weight > 0
        assert SIGNS[driver.feature] == 0 or (driver.value - driver.usual) * SIGNS[driver.feature] > 0
    for each in facts:
        weights = [driver.weight for driver in each.drivers]
        assert weights == sorted(weights, reverse=True)
        assert len(weights) <= 3


def test_the_usual_is_the_book_s_median():
    snapshot, _, facts = gathered()
    driver = next(driver for each in facts for driver in each.drivers)
    assert driver.usual == pc.quantile(snapshot[driver.feature], 0.5)[0].as_py()


def test_what_is_not_known_stays_so():
    snapshot, circumstances, assessment = drawn(3)
    place = snapshot.column_names.index("country_risk_class")
    unknown = snapshot.set_column(place, snapshot.schema.field(place), pa.array([None] * 3, pa.int64()))
    nobody = type(assessment)(np.full(3, np.nan))
    facts = gather(unknown, circumstances["country"].to_pylist(), nobody, demand(unknown, 90))
    assert {(each.risk_class, each.pd, each.drivers) for each in facts} == {(None, None, ())}
