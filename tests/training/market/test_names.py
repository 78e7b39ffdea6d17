import numpy as np
import pytest

from training.market.names import exporter_name, firm_name, trading_name, variant, words
from training.market.parameters import load


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_every_country_has_words_for_its_names():
    tongues = {country.tongue for country in load().countries.list.values()}
    assert tongues <= set(words())
    for tongue in (*tongues, "yiwu"):
        assert all(isinstance(word, str) for pool in words()[tongue].values() for word in pool)


def test_a_variant_is_another_spelling(rng):
    tongues = [country.tongue for country in load().countries.list.values()]
    for tongue in tongues * 20:
        name = firm_name(tongue, rng)
        other = variant(name, tongue, rng)
        assert other != name
        assert 3 < len(other) < 120
        assert other.strip() == other


def test_all_ways_of_writing_a_name_occur(rng):
    name = "Al Noor General Trading LLC"
    seen = {variant(name, "arabic", rng) for _ in range(600)}
    assert name.upper() in seen
    assert any(" t/a " in written for written in seen)
    assert any("Trdg" in written for written in seen)
    assert any("Nour" in written or "Nur" in written for written in seen)


def test_siblings_often_share_the_first_word(rng):
    core = firm_name("turkish", rng)
    assert 0.3 < np.mean([trading_name("turkish", core, rng).startswith(core.split()[0]) for _ in range(300)]) < 0.9


def test_merchants_are_of_yiwu(rng):
    assert exporter_name("toys", rng).startswith("Yiwu ")
