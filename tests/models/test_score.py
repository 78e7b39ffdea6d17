from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import CATALOGUE
from features.errors import CallerError, FileError
from models.bundle import Bundle
from models.champion import Champion
from models.pd.blend import BlendPd
from models.score import read_snapshot, score, write_scores

NAMES = tuple(feature.name for feature in CATALOGUE)
ROWS = 20_000


@pytest.fixture(scope="module")
def known():
    draw = np.random.default_rng(5)
    values = draw.normal(size=(ROWS, len(NAMES))) * 10
    values[draw.random(values.shape) < 0.1] = np.nan
    return values


@pytest.fixture(scope="module")
def seen(known):
    columns = {name: pa.array(values, from_pandas=True) for name, values in zip(NAMES, known.T, strict=True)}
    who = {"buyer_id": [f"b{row}" for row in range(ROWS)], "as_of": [date(2025, 12, 31)] * ROWS}
    return pa.table(who | columns)


@pytest.fixture(scope="module")
def champion(known):
    outcome = (np.nan_to_num(known[:2000, 0]) > 8).astype(float)
    return Champion("4", Bundle(date(2025, 12, 31), 90, {}, NAMES, BlendPd(rounds=20).fit(known[:2000], outcome)))


def test_slices_score_as_the_whole_does(champion, seen, known):
    scores = score(champion, seen)
    assert scores["buyer_id"].to_pylist() == seen["buyer_id"].to_pylist()
    assert np.allclose(scores["pd"].to_numpy(), champion.bundle.model.predict_pd(known), rtol=1e-12)
    assert scores.schema.metadata == {b"model_version": b"4"}


def test_nobody_is_scored_too(champion, seen):
    assert score(champion, seen.slice(0, 0)).num_rows == 0


def test_a_snapshot_comes_from_a_file_and_what_it_lacks_is_named(champion, seen, tmp_path):
    pq.write_table(seen, tmp_path / "s.parquet")
    write_scores(score(champion, read_snapshot(tmp_path / "s.parquet", champion)), tmp_path / "out.parquet")
    assert pq.read_table(tmp_path / "out.parquet").equals(score(champion, seen))
    pq.write_table(seen.drop_columns([NAMES[3]]), tmp_path / "s.parquet")
    with pytest.raises(FileError, match=f"lacks {NAMES[3]}"):
        read_snapshot(tmp_path / "s.parquet", champion)
    (tmp_path / "s.parquet").write_text("no Parquet")
    with pytest.raises(FileError, match="cannot be read"):
        read_snapshot(tmp_path / "s.parquet", champion)
    with pytest.raises(CallerError, match="cannot be written"):
        write_scores(seen, tmp_path / "s.parquet" / "out")
