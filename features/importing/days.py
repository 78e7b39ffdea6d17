"""Days and instants: from text in the mapping's formats to SQL values in UTC.

A day without a time of day becomes, where an instant is asked for, the end of that day: a fact learned on a
day is known by its end, and no earlier.
"""

import re

from features.importing.rules import Rule
from features.importing.steps import literal
from features.importing.texts import Row, text_of

END_OF_DAY = "23:59:59"
MOST_DAYS = 3660
_ISO_DAY = r"^(\d{4}-\d{1,2}-\d{1,2})(?:[T ]\d.*)?$"
_ISO_TIMES = [f"%Y-%m-%d{t}%H:%M{s}" for t in (" ", "T") for s in ("", ":%S", ":%S.%f")]
_ISO_OFFSET = r"\d{2}:\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$"
# Text of each strptime directive, loosely: enough to tell a day that does not exist from a text that is no day.
_DIRECTIVES = {
    "%Y": r"\d{4,}",
    "%y": r"\d{2}",
    "%b": r"\pL+",
    "%B": r"\pL+",
    "%a": r"\pL+",
    "%A": r"\pL+",
    "%p": r"\pL+",
}


def formats_of(rule: Rule, row: Row) -> list[str]:
    """Tell the formats in which a rule's text is tried, in order."""
    return rule.formats or row.source.formats


def day(text: str, rule: Rule, row: Row) -> str:
    """Compile a text to a DATE, NULL where no format reads it."""
    tried = row.add(f"CAST(coalesce({', '.join(_naive(text, form) for form in formats_of(rule, row))}) AS DATE)")
    added = days_added(rule, row)
    return tried if added is None else row.add(f"{tried} + {added}")


def instant(text: str, rule: Rule, row: Row) -> str:
    """Compile a text to a TIMESTAMPTZ, read in the rule's or the source's zone."""
    tried = [_instant(text, form, rule, row) for form in formats_of(rule, row)]
    return row.add(f"coalesce({', '.join(tried)})")


def days_added(rule: Rule, row: Row) -> str | None:
    """Compile `plus_days` to an INTEGER, NULL where it is no whole number within reason."""
    if rule.plus_days is None:
        return None
    text = text_of(rule.plus_days, row).text
    number = row.add(f"TRY_CAST(regexp_extract({text}, '^([+-]?\\d+)(?:\\.0+)?$', 1) AS INTEGER)")
    return row.add(f"CASE WHEN abs({number}) <= {MOST_DAYS} THEN {number} END")


def looks_like_a_day(text: str, rule: Rule, row: Row) -> str:
    """Compile whether a text has the shape of one of the formats, though there may be no such day."""
    return "(" + " OR ".join(f"regexp_matches({text}, {literal(_shape(f))})" for f in formats_of(rule, row)) + ")"


def _naive(text: str, form: str) -> str:
    match form:
        case "iso":
            return f"try_strptime(regexp_extract({text}, {literal(_ISO_DAY)}, 1), '%Y-%m-%d')"
        case "excel":
            # Excel counts days from 1899-12-30 (with its false leap day of 1900 behind it), times as fractions.
            serial = f"TRY_CAST(regexp_extract({text}, {literal(_shape(form))}) AS DECIMAL(28, 9))"
            return f"(TIMESTAMP '1899-12-30' + to_seconds(CAST(round({serial} * 86400) AS BIGINT)))"
        case "unix":
            seconds = f"TRY_CAST(regexp_extract({text}, {literal(_shape(form))}) AS BIGINT)"
            return f"(TIMESTAMP '1970-01-01' + to_seconds({seconds}))"
    return f"CAST(try_strptime({text}, {literal(form)}) AS TIMESTAMP)"


def _instant(text: str, form: str, rule: Rule, row: Row) -> str:
    added = days_added(rule, row)
    later = "" if added is None else f" + to_days({added})"
    clock = f"INTERVAL '{rule.time or END_OF_DAY}'"
    zone = literal(rule.zone or row.source.zone)
    if form == "unix":
        return f"timezone('UTC', {_naive(text, form)}{later})"
    if "%z" in form:
        return f"(try_strptime({text}, {literal(form)}){later})"
    if form == "iso":
        timed = f"try_strptime({text}, [{', '.join(map(literal, _ISO_TIMES))}])"
        aware = f"CASE WHEN regexp_matches({text}, {literal(_ISO_OFFSET)}) THEN TRY_CAST({text} AS TIMESTAMPTZ) END"
        dated = f"timezone({zone}, coalesce({timed}, {_dated(text)} + {clock}){later})"
        return f"({aware}{later}), {dated}"
    naive = _naive(text, form)
    if form == "excel":
        naive = f"CASE WHEN contains({text}, '.') THEN {naive} ELSE {naive} + {clock} END"
    elif not re.search(r"%[HIcTXs]", form):
        naive = f"{naive} + {clock}"
    return f"timezone({zone}, {naive}{later})"


def _dated(text: str) -> str:
    return f"try_strptime({text}, '%Y-%m-%d')"


def _shape(form: str) -> str:
    match form:
        case "iso":
            return r"^\d{4,}-\d{1,2}-\d{1,2}([T ].*)?$"
        case "excel":
            return r"^\d{1,7}(\.\d+)?$"
        case "unix":
            return r"^\d{1,12}$"
    parts = re.split(r"(%-?[A-Za-z])", form)
    shaped = (
        _DIRECTIVES.get(part.replace("-", ""), r"\d+") if part.startswith("%") else re.escape(part) for part in parts
    )
    return f"^{''.join(shaped)}$"
