"""One canonical value of a row: from its rule to SQL for the value, its text as it came, and why it is rejected."""

from dataclasses import dataclass

from features.book.tables import Field
from features.countries import spellings
from features.importing import amounts, days
from features.importing.rules import Rule
from features.importing.steps import literal
from features.importing.texts import Row, Text, text_of

# Kinds whose values are words or numbers: what it is called when a text is none.
_UNREADABLE = {"flag": "unreadable_flag"}
_YES, _NO = ("true", "t", "yes", "y", "1", "是", "有"), ("false", "f", "no", "n", "0", "否", "无", "無")


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL of one canonical value.

    Attributes:
        shown: the text as it came, for the rejects.
        value: the value, NULL where there is none or it is at fault.
        reason: the name of the fault, or NULL.
        left_out: holds where the mapping says to ignore the row.
    """

    shown: str
    value: str
    reason: str
    left_out: str = "false"


def cell(field: Field, rule: Rule, row: Row, currency: str | None) -> Cell:
    """Compile one canonical column; `currency` is the SQL name of the row's currency, for amounts."""
    return _checked(field, _compiled(field, rule, row, currency), row)


def _compiled(field: Field, rule: Rule, row: Row, currency: str | None) -> Cell:
    """Compile a rule up to what its text may be; whether the value may be is asked later."""
    if rule.parts is None:
        return _single(field, rule, row, currency)
    parts = [_compiled(field, part, row, currency) for part in rule.parts]
    how = "coalesce" if rule.first else "least" if rule.earliest else "greatest"
    return Cell(
        row.add(f"nullif(concat_ws(' | ', {', '.join(part.shown for part in parts)}), '')"),
        row.add(f"{how}({', '.join(part.value for part in parts)})"),
        row.add(f"coalesce({', '.join(part.reason for part in parts)})"),
        row.add(" OR ".join(part.left_out for part in parts)),
    )


def _single(field: Field, rule: Rule, row: Row, currency: str | None) -> Cell:
    text, left_out = text_of(rule, row), "false"
    match field.kind_name:
        case "day" | "instant" as kind:
            value = (days.day if kind == "day" else days.instant)(text.text, rule, row)
            faults = _day_faults(text, value, rule, row)
        case "positive_minor" | "minor":
            value, faults = amounts.amount(text.text, rule, row, currency or "NULL")
            left_out = _ignored(rule, value)
        case kind:
            marked = rule.currency_in is not None
            value = amounts.currency_mark(text.text, rule, row) if marked else row.add(_plain(kind, text.text, rule))
            faults = [(_UNREADABLE.get(kind, field.kind.reason), f"{value} IS NULL")]
    cases = " ".join(f"WHEN {breach} THEN {literal(reason)}" for reason, breach in faults)
    reason = row.add(f"CASE WHEN {text.unmapped} THEN 'unmapped_value' WHEN {text.text} IS NULL THEN NULL {cases} END")
    return Cell(text.shown, value, reason, left_out)


def _plain(kind: str, text: str, rule: Rule) -> str:
    """Compile a kind whose value is its text, or a word for it."""
    match kind:
        case "flag":
            yes, no = (", ".join(map(literal, words)) for words in (_YES, _NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        case "risk_class":
            return f"TRY_CAST(regexp_extract({text}, '^\\d+$') AS TINYINT)"
        case "outcome":
            return f"lower({text})"
        case "currency":
            return f"upper({text})"
        case "country":
            return _country(text, rule)
    return text


def _country(text: str, rule: Rule) -> str:
    """Compile a country; codes that a form does not know fall to NULL, save alpha-2 codes of `any`."""
    forms = spellings()
    known = forms[rule.country] if rule.country != "any" else {k: v for form in forms.values() for k, v in form.items()}
    key = f"lpad({text}, 3, '0')" if rule.country == "numeric" else f"upper({text})"
    keys, codes = (", ".join(map(literal, words)) for words in (known.keys(), known.values()))
    # `default: ZZ` must stand whatever the form, so an alpha-2 default is let through.
    through = f"WHEN {text} = {literal(rule.default)} THEN {text}" if rule.default else ""
    return f"CASE {through} WHEN true THEN map([{keys}], [{codes}])[{key}] END"


def _ignored(rule: Rule, value: str) -> str:
    tests = [f"{value} < 0"] * (rule.negative == "ignore") + [f"{value} = 0"] * (rule.zero == "ignore")
    return f"coalesce({' OR '.join(tests) or 'false'}, false)"


def _day_faults(text: Text, value: str, rule: Rule, row: Row) -> list[tuple[str, str]]:
    added = days.days_added(rule, row)
    unreadable = [] if added is None else [("unreadable_number", f"{added} IS NULL")]
    shaped = days.looks_like_a_day(text.text, rule, row)
    return [
        *unreadable,
        ("impossible_date", f"{value} IS NULL AND {shaped}"),
        ("unreadable_date", f"{value} IS NULL"),
    ]


def _checked(field: Field, cell: Cell, row: Row) -> Cell:
    """Ask whether the value may be; a value at fault is NULL from here on, so that it spreads no further fault."""
    cases = [f"WHEN {cell.reason} IS NOT NULL THEN {cell.reason}"]
    if field.required:
        cases.append(f"WHEN {cell.value} IS NULL THEN 'missing_value'")
    if field.kind_name == "positive_minor":
        cases.append(f"WHEN {cell.value} = 0 THEN 'zero_amount'")
    if field.kind.check is not None:
        cases.append(f"WHEN NOT ({field.kind.check.format(c=cell.value)}) THEN {literal(field.kind.reason)}")
    reason = row.add(f"CASE {' '.join(cases)} END")
    typed = row.add(f"CASE WHEN {reason} IS NULL THEN CAST({cell.value} AS {field.kind.duckdb}) END")
    return Cell(cell.shown, typed, reason, cell.left_out)
