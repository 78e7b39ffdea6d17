import re

import pytest
from babel.messages.pofile import read_po

from serving.web.languages import LOCALE, translations
from serving.web.render import TEMPLATES
from tests.serving.web.texts import texts_of_console

# What is not language: signs, units of files, and the names of languages in their own.
_NO_LANGUAGE = {"CSV", "Excel", "English", "中文", "SHA-256"}


def _catalogue():
    with (LOCALE / "zh" / "console.po").open("rb") as file:
        return {each.id[0] if isinstance(each.id, tuple) else each.id: each for each in read_po(file) if each.id}


def test_every_text_is_in_chinese_and_nothing_else_is():
    translated = {key for key, each in _catalogue().items() if each.string and all(each.string)}
    assert texts_of_console() - translated == set(), "not translated"
    assert set(_catalogue()) - texts_of_console() == set(), "no longer used"


def test_translations_keep_the_blanks_that_are_filled_in():
    blank = re.compile(r"%\(\w+\)s|\{\w+\}")
    for key, each in _catalogue().items():
        told = each.string[0] if isinstance(each.string, tuple) else each.string
        assert set(blank.findall(told)) == set(blank.findall(key)), key


def test_chinese_is_chinese_and_english_needs_no_catalogue():
    assert translations("zh").gettext("Credit limit") == "信用额度"
    assert translations("en").gettext("Credit limit") == "Credit limit"


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_no_text_stands_in_a_template_untranslated(file):
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    shown = re.findall(r"(?:aria-label|placeholder|title|alt)=\"([^\"]*)\"", bare)
    shown += re.split(r"<[^>]*>", bare)
    left = {text.strip() for text in shown if re.search(r"[^\W\d_]", text)}
    assert left - _NO_LANGUAGE == set()
