"""From outside columns to the text of one canonical value: which columns, and which steps they pass, as SQL."""

import re
from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field

from features.importing.rules import Condition, Rule, Source
from features.importing.steps import Steps, literal

# What counts as blank at either end of a field: also the spaces that spreadsheets and Chinese input leave behind.
_BLANKS = "[ \t\r\n\u00a0\u2007\u202f\u3000\ufeff]+"
# As an expression, since trim() takes several times as long.
_BLANK_ENDS = literal(f"^{_BLANKS}|{_BLANKS}$")
# A group that captures, once escapes and character classes are out of the way.
_ESCAPED, _GROUP = re.compile(r"\\.|\[[^\]]*\]"), re.compile(r"\((?!\?)|\(\?P?<")
# Stands in the names given to columns that have none of their own, since no header that a person wrote holds it.
_NAMELESS = "\x1e"
_UNIT_SEPARATOR, _RECORD_SEPARATOR = "chr(31)", "chr(30)"


@dataclass(frozen=True, slots=True)
class Row:
    """An outside row as SQL sees it: its columns' SQL names by their outside names, its source, the steps so far."""

    columns: MappingOf[str, str]
    source: Source
    steps: Steps = field(default_factory=Steps)

    def add(self, expression: str) -> str:
        """Name an expression."""
        return self.steps.add(expression)


@dataclass(frozen=True, slots=True)
class Text:
    """SQL names of a value's text as it `shown` in the file, and after the mapping's steps; NULL where there is none.

    `unmapped` is SQL that holds where the text is in none of the rule's `values`.
    """

    shown: str
    text: str
    unmapped: str = "false"


def text_of(rule: Rule, row: Row) -> Text:
    """Compile a rule that has no parts up to its text."""
    shown = row.add(_origin(rule, row))
    text = row.add(_shaped(rule, shown))
    if rule.values is None:
        return Text(shown, _finished(rule, text, row))
    mapped = row.add(_mapped(rule, rule.values, text))
    unmapped = f"({text} IS NOT NULL AND {mapped} IS NULL)" if rule.otherwise == "reject" else "false"
    return Text(shown, _finished(rule, mapped, row), unmapped)


def chosen(condition: Condition, row: Row) -> str:
    """Compile a condition of `when`; it holds or not, never NULL."""
    text = row.add(_trimmed(condition.column, row, ()))
    if condition.filled is not None:
        return f"{text} IS {'NOT ' if condition.filled else ''}NULL"
    if condition.matches is not None or condition.not_matches is not None:
        found = f"regexp_matches(coalesce({text}, ''), {literal(condition.matches or condition.not_matches or '')})"
        return found if condition.matches is not None else f"NOT {found}"
    listed = ", ".join(map(literal, condition.is_ or condition.is_not or ()))
    return f"coalesce({text}, '') {'IN' if condition.is_ is not None else 'NOT IN'} ({listed})"


def _origin(rule: Rule, row: Row) -> str:
    if rule.constant is not None:
        return f"nullif({literal(rule.constant)}, '')"
    if rule.join is not None:
        # NULL where any of them is: half an identifier identifies nothing.
        return f" || {literal(rule.separator)} || ".join(row.add(_trimmed(name, row, rule.empty)) for name in rule.join)
    if rule.hash is not None:
        names = sorted(row.columns) if rule.hash == "all" else rule.hash
        parts = (_digested(name, row) for name in names)
        # 128 bits of it: two of a thousand million rows meet by chance once in 10^20.
        return f"left(sha256(concat_ws({_UNIT_SEPARATOR}, {', '.join(parts)})), 32)"
    return _trimmed(rule.column or rule.currency_in or "", row, rule.empty)


def _digested(name: str, row: Row) -> str:
    text = row.add(_trimmed(name, row, ()))
    if _NAMELESS in name:
        # Counts only where it says something: a stray separator at the end of every row changes no identifier.
        return f"{literal(name)} || {text}"
    return f"coalesce({text}, {_RECORD_SEPARATOR})"


def told_apart(names: Sequence[str]) -> list[str]:
    """Name the columns so that each has a name of its own, also one without a name or under another's name."""
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if name and seen[name] == 1 else f"{name}{_NAMELESS}{seen[name]}")
    return told


def _trimmed(name: str, row: Row, empty: tuple[str, ...] | list[str]) -> str:
    trimmed = f"nullif(regexp_replace({row.columns[name]}, {_BLANK_ENDS}, '', 'g'), '')"
    void = ", ".join(map(literal, (*row.source.empty, *empty)))
    text = row.add(trimmed)
    return f"CASE WHEN {text} NOT IN ({void}) THEN {text} END" if void else text


def _shaped(rule: Rule, text: str) -> str:
    if rule.remove is not None:
        text = f"regexp_replace({text}, {literal(rule.remove)}, '', 'g')"
    if rule.extract is not None:
        bare = _ESCAPED.sub("", rule.extract)
        text = f"regexp_extract({text}, {literal(rule.extract)}, {1 if _GROUP.search(bare) else 0})"
    if rule.case is not None:
        text = f"{rule.case}({text})"
    if rule.pad is not None:
        text = f"CASE WHEN length({text}) < {rule.pad} THEN lpad({text}, {rule.pad}, '0') ELSE {text} END"
    return text


def _mapped(rule: Rule, values: dict[str, str], text: str) -> str:
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in values.items())
    return f"CASE {text} {cases} ELSE {text if rule.otherwise == 'keep' else 'NULL'} END" if cases else text


def _finished(rule: Rule, text: str, row: Row) -> str:
    text = f"nullif({text}, '')"
    if rule.prefix:
        text = f"{literal(rule.prefix)} || {text}"
    if rule.default is not None:
        text = f"coalesce({text}, {literal(rule.default)})"
    return row.add(text)
