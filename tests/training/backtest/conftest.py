"""A small simulated market, and one backtest on it, made once."""

from datetime import date

import pytest

from models.policy import policies
from training.backtest.run import Wish, backtest
from training.config import Snapshots, TrainingConfig
from training.market.parameters import load
from training.market.simulate import Wish as MarketWish
from training.market.simulate import simulate

END = date(2025, 12, 31)
CONFIG = TrainingConfig(
    snapshots=Snapshots(every_days=90), candidates=("scorecard",), bootstrap_draws=50, least_defaults=5
)


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market") / "book"
    simulate(folder, MarketWish(buyers=700, years=4, seed=11), load(), workers=1)
    return folder


@pytest.fixture(scope="session")
def found(market):
    return backtest(market, Wish(END, quarters=5, scales=(0.25, 1.0, 4.0), draws=100), CONFIG, policies())
