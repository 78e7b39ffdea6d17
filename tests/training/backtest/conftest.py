"""One backtest on the small market, made once."""

import pytest

from models.policy import policies
from tests.training.markets import CONFIG, END
from training.backtest.run import Wish, backtest


@pytest.fixture(scope="session")
def found(small_market):
    return backtest(small_market, Wish(END, quarters=5, scales=(0.25, 1.0, 4.0), draws=100), CONFIG, policies())
