import re
from string import Formatter

import pytest

from models.reasons import Reason, texts

CODES = sorted(texts())


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_both_languages_for_both_audiences(code):
    entry = texts()[code]
    assert set(entry) == {"edifact", "underwriter", "exporter"}
    facts = {
        name for audience in ("underwriter", "exporter") for text in entry[audience].values() for name in named(text)
    }
    for audience in ("underwriter", "exporter"):
        assert named(entry[audience]["zh"]) == named(entry[audience]["en"])
        for language in ("zh", "en"):
            text = Reason(code, dict.fromkeys(facts, "1")).text(language, audience)
            assert bool(re.search("[\u4e00-\u9fff]", text)) == (language == "zh")


@pytest.mark.parametrize("code", CODES)
def test_exporters_are_told_neither_grade_nor_pd(code):
    assert not set(named("".join(texts()[code]["exporter"].values()))) & {"grade", "pd", "overdue", "count", "times"}


def test_an_edifact_word_stands_beside_its_code():
    assert Reason("limit_full", {"available": "USD 1.00"}).edifact == "limit full"


def named(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)
