import pytest

from features.errors import CallerError
from training.backtest.chart import write_chart


def test_the_frontier_is_drawn_without_script(found, tmp_path):
    for ending in ("svg", "html"):
        write_chart(found, tmp_path / f"frontier.{ending}")
        text = (tmp_path / f"frontier.{ending}").read_text(encoding="utf-8")
        assert "rule of thumb" in text
        assert "limits from the truth" in text
        assert "<script" not in text


def test_another_ending_is_refused_and_leaves_nothing(found, tmp_path):
    with pytest.raises(CallerError, match=r"neither .svg nor .html"):
        write_chart(found, tmp_path / "frontier.png")
    assert not list(tmp_path.iterdir())
