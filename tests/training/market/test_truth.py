"""The truth against outcomes: of many copies of one buyer, and of a whole market."""

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from training.market.chain import Chain
from training.market.fates import draw_fates
from training.market.health import live
from training.market.orders import demand, draw_orders
from training.market.parameters import Parameters
from training.market.population import Buyers, Owners, Population
from training.market.setting import draw_setting
from training.market.truth import tabulate, truth_table

COPIES = 40_000
# Before the programme: no limit cuts an order, so that losses can be held against what was asked for.
UNTIL = date(2019, 12, 31)


def _calm(parameters: Parameters) -> Parameters:
    """Keep countries out of shocks: copies in one country would all be struck together."""
    shock = parameters.countries.shock.model_copy(update={"start": 0.0, "start_per_class": 0.0})
    return parameters.model_copy(update={"countries": parameters.countries.model_copy(update={"shock": shock})})


def _copies(chain: Chain, state: str) -> Population:
    owners = Owners(*(np.full(COPIES, value) for value in (2, 3, 0, chain.index(state))))
    circle = np.tile(np.arange(5, 15), (COPIES, 1))
    weights = np.tile(np.linspace(0.1, 1.0, 10), (COPIES, 1))
    buyers = Buyers(
        number=np.arange(COPIES), owner=np.arange(COPIES), country=owners.country, enter=owners.enter,
        rate=np.full(COPIES, 1.4), growth=np.zeros(COPIES), amount=np.full(COPIES, 3000.0),
        habit=np.full(COPIES, 2), terms=np.full(COPIES, 2), currency=np.zeros(COPIES, dtype=np.int64),
        registered=np.ones(COPIES, dtype=np.bool_), circle=circle, weights=weights,
    )  # fmt: skip
    return Population(owners, buyers, ("USD",))


@pytest.mark.parametrize(
    ("state", "horizon"),
    [("strong", 90), ("stretched", 30), ("distressed", 30), ("distressed", 90), ("building", 90), ("striking", 90)],
)
def test_truth_is_the_share_of_copies_that_default_and_the_mean_of_their_losses(parameters, state, horizon):
    parameters = _calm(parameters).model_copy(update={"horizon_days": horizon})
    setting = draw_setting(parameters, UNTIL, 1, 60, 3)
    # Many late disputes and quarrels, so that their part in the truth shows among so many copies.
    exporters = replace(
        setting.exporters, disputes=10 * setting.exporters.disputes, late_disputes=np.linspace(0.2, 0.9, 60)
    )
    setting = replace(setting, exporters=exporters)
    chain, block = setting.chain, _copies(setting.chain, state)
    health = live(setting, block.owners, 0)
    wanted = demand(setting, block.buyers)
    orders = draw_orders(setting, block.buyers, health, wanted, 0)
    fates = draw_fates(setting, block.buyers, health, orders, 0)
    truth = tabulate(setting)
    truth = replace(truth, horizons=truth.horizons[:1])
    table = truth_table(setting, truth, block, health, wanted, 0).to_pandas()
    first = setting.calendar.starts[1]
    inside = (orders.day >= first) & (orders.day < first + horizon)
    alike = health.after[:, 0] == chain.index(state)
    one = table[alike].iloc[0]

    def holds(values: np.ndarray, expected: float, slack: float = 0.0) -> None:
        of = np.bincount(orders.buyer[inside], weights=values[inside], minlength=COPIES)[alike]
        error = of.std() / np.sqrt(len(of))
        assert abs(of.mean() - expected) < 3.3 * error + slack

    def share(values: np.ndarray, expected: float) -> None:
        of = np.bincount(orders.buyer[inside], weights=values[inside], minlength=COPIES)[alike] > 0
        error = np.sqrt(expected * (1 - expected) / len(of))
        assert abs(of.mean() - expected) < 3.3 * error

    assert table[alike].pd.nunique() == 1
    share(fates.defaulted.astype(float), one.pd)
    share(np.ones(len(orders)), one.p_order)
    holds(fates.defaulted * (1 - fates.paid[:, -1]) * orders.cents, one.expected_loss_minor)
    if one.pd > 0:
        # Where nearly all is lost, the few quarrels are too rare for a normal error.
        slack = 0.001 * (fates.defaulted * orders.cents)[inside].sum() / alike.sum()
        holds(fates.defaulted * (1 - fates.paid[:, -1] - one.lgd) * orders.cents, 0.0, slack)


def _quarters(book: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Buyer, quarter's end, truth and outcome, where the outcome is complete."""
    return book.execute(
        """SELECT t.pd, t.p_order, t.state, coalesce(bool_or(defaulted), false) AS outcome, count(order_id) AS orders
           FROM truth t LEFT JOIN fates f
           ON f.buyer_id = t.buyer_id AND f.ordered_on > t.as_of AND f.ordered_on <= t.as_of + t.horizon_days
           WHERE month(t.as_of) % 3 = 0 AND t.as_of <= DATE '2025-03-31'
           GROUP BY t.buyer_id, t.as_of, t.pd, t.p_order, t.state
           ORDER BY t.as_of, t.buyer_id"""
    ).df()


def test_truth_is_calibrated_over_a_market(large_book):
    rows = _quarters(large_book)
    groups = rows.groupby(rows.pd.rank(method="first").floordiv(len(rows) / 10))
    for _, group in groups:
        error = np.sqrt((group.pd * (1 - group.pd)).sum())
        assert abs(group.outcome.sum() - group.pd.sum()) < 3.5 * error + 1
    error = np.sqrt((rows.p_order * (1 - rows.p_order)).sum())
    assert abs((rows.orders > 0).sum() - rows.p_order.sum()) < 3.5 * error


def test_defaults_are_rare_and_the_truth_ranks_them_well_but_not_perfectly(large_book):
    rows = _quarters(large_book)
    ordering = rows[rows.orders > 0]
    assert 0.01 < rows.outcome.mean() < 0.03
    assert 0.82 < roc_auc_score(ordering.outcome, ordering.pd) < 0.92


def test_no_single_feature_ranks_nearly_as_well_as_the_truth(large_book):
    """Figures of the last year as recorded at each quarter's end, each alone, either way round."""
    rows = large_book.execute(
        """WITH seen AS (
               SELECT t.buyer_id, t.as_of, t.pd, o.order_id, o.amount_minor, o.ordered_on, o.due_on, o.exporter_id,
                      max(p.paid_on) AS paid_on, count(p.payment_id) AS parts
               FROM truth t JOIN final_orders o ON o.buyer_id = t.buyer_id AND o.recorded_at < t.as_of + INTERVAL 1 DAY
                    AND o.ordered_on > t.as_of - 365
               LEFT JOIN payments p ON p.order_id = o.order_id AND p.recorded_at < t.as_of + INTERVAL 1 DAY
               WHERE month(t.as_of) % 3 = 0 AND t.as_of BETWEEN DATE '2024-01-01' AND DATE '2025-03-31'
               GROUP BY ALL),
           known AS (
               SELECT buyer_id, as_of, pd,
                      avg(coalesce(paid_on, greatest(as_of, due_on)) - due_on) AS days_late,
                      max(coalesce(paid_on, greatest(as_of, due_on)) - due_on) AS worst,
                      avg(parts) AS parts, count(*) AS orders,
                      avg(CAST(coalesce(paid_on, as_of) > due_on + 15 AS INT)) AS late_share,
                      sum(CASE WHEN paid_on IS NULL THEN amount_minor ELSE 0 END) AS open,
                      count(DISTINCT exporter_id) AS exporters, max(amount_minor) AS largest,
                      as_of - min(ordered_on) AS tenure,
                      count(*) FILTER (WHERE ordered_on > as_of - 60) / count(*) AS recent
               FROM seen GROUP BY buyer_id, as_of, pd)
           SELECT known.*, bool_or(defaulted) AS outcome
           FROM known JOIN fates f USING (buyer_id)
           WHERE f.ordered_on > as_of AND f.ordered_on <= as_of + 90 GROUP BY ALL"""
    ).df()
    best = roc_auc_score(rows.outcome, rows.pd)
    for name in rows.columns.drop(["buyer_id", "as_of", "pd", "outcome"]):
        alone = roc_auc_score(rows.outcome, rows[name])
        assert max(alone, 1 - alone) < best - 0.08, name
    assert roc_auc_score(rows.outcome, rows.days_late) > 0.55


def test_some_defaults_no_record_could_foretell(large_book):
    """Buyers in the best of health, of whom even the truth expected nothing, default as well."""
    rows = _quarters(large_book)
    healthy = rows[rows.state.isin(["strong", "sound"])]
    assert healthy.outcome.sum() > 0.1 * rows.outcome.sum()
    unforeseen = rows[rows.outcome & (rows.pd < rows.outcome.mean())]
    assert len(unforeseen) > 0.1 * rows.outcome.sum()


def test_the_truth_knows_the_plan_of_a_bust_out_before_it_shows(large_book):
    planned = _quarters(large_book).query("state == 'building' and orders > 0")
    assert planned.pd.min() > 0.15
    trusted, usual = large_book.execute(
        """SELECT avg(paid_on - due_on) FILTER (WHERE state = 'building'),
                  avg(paid_on - due_on) FILTER (WHERE state = 'strong')
           FROM truth t JOIN final_orders o ON o.buyer_id = t.buyer_id AND o.ordered_on <= t.as_of
           JOIN payments p ON p.order_id = o.order_id AND p.paid_on <= t.as_of"""
    ).fetchall()[0]
    assert trusted < usual


def test_every_buyer_has_its_truth_from_the_month_it_enters(book):
    (buyers, first, last, twice) = book.execute(
        """SELECT count(DISTINCT buyer_id), min(as_of), max(as_of), count(*) - count(DISTINCT (buyer_id, as_of))
           FROM truth"""
    ).fetchall()[0]
    assert (buyers, first, last, twice) == (600, date(2023, 1, 31), date(2025, 12, 31), 0)
