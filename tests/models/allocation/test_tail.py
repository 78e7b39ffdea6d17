import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from models.allocation.tail import stress, tail
from models.terms import Appetite

APPETITE = Appetite(expected_loss=40, tail_loss=250, tail_level=9900, asset_correlation=1200)


@pytest.fixture(scope="module")
def book():
    draw = np.random.default_rng(1)
    loss, pd = draw.lognormal(10, 1, 800), draw.lognormal(-4, 1, 800).clip(1e-4, 0.5)
    return loss, pd, draw.integers(0, 4, 800)


def of(book, appetite=APPETITE):
    loss, pd, country = book
    return tail(loss, pd, country, 4, appetite)


def simulated(loss, pd, country, draws=60_000):
    """The same model by drawing factors and defaults."""
    draw = np.random.default_rng(2)
    r = APPETITE.asset_correlation / 10_000
    losses = np.empty((draws, 4))
    for number in range(draws):
        fortune = np.sqrt(r) * draw.standard_normal() + np.sqrt(1 - r) * draw.standard_normal(len(pd))
        losses[number] = np.bincount(country, weights=loss * (fortune < ndtri(pd)), minlength=4)
    return losses


def test_it_agrees_with_drawing_the_same_model(book):
    found, (loss, pd, _) = of(book), book
    drawn = simulated(*book)
    total = drawn.sum(axis=1)
    worst = drawn[total >= np.quantile(total, 0.99)]
    assert found.expected == pytest.approx(float(loss @ pd), rel=1e-6)
    assert found.value_at_risk == pytest.approx(np.quantile(total, 0.99), rel=0.03)
    assert found.expected_shortfall == pytest.approx(worst.sum(axis=1).mean(), rel=0.04)
    assert found.country_share == pytest.approx(worst.sum(axis=0) / worst.sum(), abs=0.02)


def test_shares_add_up_and_the_tail_lies_beyond_the_mean(book):
    found = of(book)
    assert found.country_share.sum() == pytest.approx(1)
    assert found.expected < found.value_at_risk < found.expected_shortfall


def test_a_correlated_book_has_the_longer_tail(book):
    apart = APPETITE.model_copy(update={"asset_correlation": 0})
    assert of(book, apart).expected_shortfall < of(book).expected_shortfall


def test_an_empty_book_loses_nothing():
    none = np.zeros(3)
    found = tail(none, none + 0.1, np.zeros(3, dtype=np.int64), 2, APPETITE)
    assert (found.expected, found.expected_shortfall) == (0, 0)
    assert not found.country_share.any()


def test_the_same_book_gives_the_same_figures(book):
    assert of(book).expected_shortfall == of(book).expected_shortfall


def test_good_buyers_worsen_more_in_a_bad_year_by_ratio_and_none_improves():
    grown = stress(np.array([0.0, 1e-4, 1e-2, 0.2, 1.0]), APPETITE)
    assert (np.diff(grown) <= 0).all()
    assert grown[-1] >= 1
    # The same by the bivariate normal distribution: P(default and factor among its worst 1 %).
    together = multivariate_normal(cov=[[1, 0.12**0.5], [0.12**0.5, 1]]).cdf([ndtri(0.01), ndtri(0.01)])
    assert grown[2] == pytest.approx(together / 0.01 / 0.01, rel=0.01)
