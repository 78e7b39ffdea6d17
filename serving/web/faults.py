"""Errors in the reader's language: each part of the one line that an error makes is looked up by itself.

An error says `subject value: cause; remedy`, in English; what the registry's program said is kept as such a line. The
parts that are known stand in `fault_texts`; a line with another stays as it is, and pages mark it as English.
"""

import re
from functools import cache

from models.reasons import Language
from serving.web.acts import ACTIONS
from serving.web.fault_texts import CAUSES, REMEDIES, SUBJECTS, VALUES
from serving.web.languages import translations
from serving.web.languages import untranslated as _
from serving.web.verdicts import GATES
from serving.web.words import word

# What somebody may not do, beside the acts of the audit trail.
_ACTIONS = {
    "decide_claim": _("decide a claim"),
    "recover": _("record a recovery"),
    "list_audit": _("read the audit trail"),
    "read_registry": _("have the registry read anew"),
    "look_for_drift": _("look for drift"),
}
_WHOLE, _SAID = _("{subject}: {said}"), _("{cause}; {remedy}")
_COMMA = _(", ")
# Blanks for what stands in a file: it is looked for there as it is.
_VERBATIM = frozenset(("key", "keys", "closing"))
_BLANK = re.compile(r"\\\{(\w+)\\\}")
_HEAD = re.compile(rf"({'|'.join(sorted(map(re.escape, SUBJECTS), key=len, reverse=True))})(?: (.+?))?: ")


def in_words(line: str, language: Language) -> str | None:
    """Write an error's line in a language; None where a part of it is not known there.

    >>> in_words("registry: does not answer; try again shortly", "zh")
    '模型登记库：无响应；请稍后再试。'
    """
    if language == "en":
        return line
    for colon in re.finditer(": ", line):  # a value may hold colons
        head, said = _HEAD.fullmatch(line, 0, colon.end()), _said(line[colon.end() :], language)
        if head and said:
            return _gettext(_WHOLE, language).format(subject=_subject(head, language), said=said)
    return _said(line, language) or _found(CAUSES, line, language)


def _said(line: str, language: Language) -> str | None:
    """Write `cause; remedy`, either of which may hold semicolons."""
    parts = line.split("; ")
    for place in range(1, len(parts)):
        cause = _found(CAUSES, "; ".join(parts[:place]), language)
        remedy = _found(REMEDIES, "; ".join(parts[place:]), language)
        if cause and remedy:
            return _gettext(_SAID, language).format(cause=cause, remedy=remedy)
    return None


def _subject(head: re.Match[str], language: Language) -> str:
    subject, value = _gettext(head[1], language), head[2]
    return subject if value is None else f"{subject} {_found(VALUES, value, language) or word(value, language)}"


def _found(texts: tuple[str, ...], line: str, language: Language) -> str | None:
    """Find the text of which a line is made, and write it with the line's own facts."""
    for text, pattern in _patterns(texts):
        if found := pattern.fullmatch(line):
            facts = {
                name: value if name in _VERBATIM else _fact(value, language)
                for name, value in found.groupdict().items()
            }
            if "status" in facts and facts["status"] == found["status"]:
                continue  # no status that is known: it is another text
            return _gettext(text, language).format(**facts)
    return None


@cache
def _patterns(texts: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """Make a pattern of each text; one with fewer blanks is tried first, for it says more."""
    ordered = sorted(texts, key=lambda text: (text.count("{"), -len(text)))
    return [(text, re.compile(_BLANK.sub(r"(?P<\1>.+?)", re.escape(text)))) for text in ordered]


def _fact(value: str, language: Language) -> str:
    """Write what fills a blank: a cause, or a list of what may have a name."""
    if (cause := _found(CAUSES, value, language)) is not None:
        return cause
    return _gettext(_COMMA, language).join(_named(each, language) for each in value.split(", "))


def _named(value: str, language: Language) -> str:
    """Write a gate, an action, a word of the ledger or a cause by its name; anything else stands as it is."""
    key = value.replace(" ", "_")
    if key in GATES:
        return _gettext(GATES[key].title, language)
    if key in ACTIONS or key in _ACTIONS:
        return _gettext(ACTIONS.get(key) or _ACTIONS[key], language)
    if (cause := _found(CAUSES, value, language)) is not None:
        return cause
    worded = {each: word(each, language) for each in (key, f"change_{key}", f"run_{key}")}
    return next((told for each, told in worded.items() if told != each), value)


def _gettext(text: str, language: Language) -> str:
    return str(translations(language).gettext(text))
