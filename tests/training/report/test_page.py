import re
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup

from features.catalogue import CATALOGUE
from features.errors import CallerError
from models.pd.constant import ConstantPd
from training.comparison import Incumbent
from training.report import facts
from training.report.page import page, texts, write_page


@pytest.fixture(scope="module")
def html(learned):
    return page(learned, Incumbent("3", learned.bundle, learned.evidence))


def test_it_stands_alone_without_script(html):
    assert "<script" not in html
    assert not re.search(r"(src|href)=.(https?:)?//", html)
    assert "{{" not in html
    assert html.count("<svg") == 6


def test_it_tells_the_runs_own_figures(html, learned):
    told = BeautifulSoup(html, "html.parser").get_text(" ")
    chosen = learned.judgement.figures[learned.contest.chosen]
    assert f"{chosen['log_loss'].value:.4f}" in told
    assert f"{len(learned.test):,}" in told
    assert learned.book_sha256 in told
    for each in (learned.ripeness.last_mature, learned.split.cut, learned.as_of):
        assert each.isoformat() in told
    assert "the champion is version 3" in told


def test_it_tells_the_calibration_by_country_after_the_drift(html, learned):
    (told,) = (
        each.get_text(" ")
        for each in BeautifulSoup(html, "html.parser").select('h3:-soup-contains("By country") + table')
    )
    for group in learned.calibration.corrected["countries"]:
        assert f"{group.mean_pd:.1%}" in told
        assert f"{group.rows:,}" in told


def test_every_text_is_there_in_both_languages(html):
    page_of = BeautifulSoup(html, "html.parser")
    chinese, english = ([" ".join(each.get_text().split()) for each in page_of.select(f'span[lang="{language}"]')]
                        for language in ("zh", "en"))  # fmt: skip
    assert len(chinese) == len(english) > 60
    assert all(chinese) and all(english)  # noqa: PT018 - one thought
    assert all(each["zh"] and each["en"] for key, each in texts().items() if key != "use")
    assert not any(re.search("[\u4e00-\u9fff]", each) for each in english)


def test_segments_and_lift_add_up(learned):
    found = facts.segments(learned)
    for kind in ("country", "size", "tenure"):
        assert sum(each.rows for each in found if each.kind == kind) == len(learned.test)
        assert sum(each.defaults for each in found if each.kind == kind) == learned.test.defaults
    shares, caught = facts.lift(learned)
    assert (caught[0], caught[-1]) == (0, 1)
    assert np.all(np.diff(caught) >= 0)
    assert caught[20] > shares[20]


def test_effects_follow_the_model(learned):
    found = facts.effects(learned)
    assert 0 < len(found) <= 10
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    assert {each.feature for each in found} <= set(CATALOGUE)


def test_a_model_without_effects_has_a_report_too(learned):
    constant = ConstantPd().fit(learned.train.X, learned.train.y)
    html = page(replace(learned, bundle=replace(learned.bundle, model=constant)), None)
    assert "This is the first version" in html or "this is the first version" in html


def test_a_report_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CallerError, match=r"report .*cannot be written"):
        write_page("", tmp_path / "file" / "report.html")
