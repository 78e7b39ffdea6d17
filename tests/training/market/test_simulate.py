"""The same seed gives the same bytes, however the work is shared; and nothing is left half-written."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from features.errors import CallerError, FileError
from training.market import population
from training.market import simulate as simulation
from training.market.simulate import Wish, simulate

WISH = Wish(buyers=220, years=1, seed=8, until=date(2024, 6, 30))


def _hashes(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


@pytest.fixture
def many_blocks(monkeypatch):
    monkeypatch.setattr(population, "OWNERS_IN_BLOCK", 40)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processes(tmp_path, parameters, many_blocks):
    simulate(tmp_path / "alone", WISH, parameters, workers=1)
    simulate(tmp_path / "shared", WISH, parameters, workers=2)
    assert _hashes(tmp_path / "alone") == _hashes(tmp_path / "shared")
    assert len(_hashes(tmp_path / "alone")) == 8


def test_another_seed_gives_another_market(tmp_path, parameters):
    simulate(tmp_path / "one", WISH, parameters)
    simulate(tmp_path / "other", replace(WISH, seed=9), parameters)
    one, other = _hashes(tmp_path / "one"), _hashes(tmp_path / "other")
    assert all(one[name] != other[name] for name in one if name != "country_risk.parquet")


def test_progress_counts_the_blocks(tmp_path, parameters, many_blocks):
    told: list[tuple[int, int]] = []
    simulate(tmp_path / "market", WISH, parameters, workers=1, progress=lambda done, of: told.append((done, of)))
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert len(told) >= 4


def test_a_market_may_end_on_any_day(tmp_path, parameters):
    import pyarrow.parquet as pq

    folder = tmp_path / "market"
    simulate(folder, replace(WISH, until=date(2024, 6, 11)), parameters)
    assert max(pq.read_table(folder / "orders.parquet")["ordered_on"].to_pylist()) <= date(2024, 6, 11)
    assert max(pq.read_table(folder / "truth.parquet")["as_of"].to_pylist()) == date(2024, 5, 31)


def test_exactly_as_many_buyers_and_exporters_as_asked(tmp_path, parameters):
    rows = simulate(tmp_path / "market", replace(WISH, exporters=13), parameters)
    import pyarrow.parquet as pq

    buyers = pq.read_table(tmp_path / "market" / "buyers.parquet")["buyer_id"].to_pylist()
    assert len(set(buyers)) == WISH.buyers
    assert rows["exporters"] == 13


@pytest.mark.parametrize(
    "wrong", [{"buyers": 0}, {"years": 0}, {"exporters": 0}, {"seed": -1}, {"years": 40}, {"until": date(2040, 1, 1)}]
)
def test_a_wish_that_cannot_be_met_is_refused(tmp_path, parameters, wrong):
    with pytest.raises(CallerError) as refused:
        simulate(tmp_path / "market", replace(WISH, **wrong), parameters)
    assert refused.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused_and_kept(tmp_path, parameters):
    (tmp_path / "kept.txt").write_text("mine")
    for replacing in (False, True):
        with pytest.raises(FileError, match="holds something"):
            simulate(tmp_path, WISH, parameters, replacing)
    assert [file.name for file in tmp_path.iterdir()] == ["kept.txt"]


def test_a_market_is_replaced_only_when_asked(tmp_path, parameters):
    folder = tmp_path / "market"
    simulate(folder, WISH, parameters)
    before = _hashes(folder)
    with pytest.raises(FileError):
        simulate(folder, replace(WISH, seed=9), parameters)
    assert _hashes(folder) == before
    simulate(folder, replace(WISH, seed=9), parameters, replace=True)
    assert _hashes(folder) != before


def test_nothing_is_left_when_it_fails_half_way(tmp_path, parameters, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("no more disk")

    monkeypatch.setattr(simulation, "merge_parts", fail)
    with pytest.raises(RuntimeError):
        simulate(tmp_path / "market", WISH, parameters)
    assert list(tmp_path.iterdir()) == []
