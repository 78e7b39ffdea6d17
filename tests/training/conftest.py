"""A small simulated market, made once for all tests of training."""

import pytest

from training.market.parameters import load
from training.market.simulate import Wish, simulate


@pytest.fixture(scope="session")
def small_market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market") / "book"
    simulate(folder, Wish(buyers=700, years=4, seed=11), load(), workers=1)
    return folder
