"""Reading a mapping file: YAML in, a checked `Mapping` out, or one error that names file, key, value and remedy."""

import difflib
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from features.book.tables import TABLES, Table
from features.errors import FileError, MappingError
from features.importing.rules import Feed, Mapping, Rule, Source, signs

HELP = "features/importing/README.md explains every key"

# Which options are for which kinds of column; all others are for any.
OPTIONS: dict[str, set[str]] = {
    "formats": {"day", "instant"},
    "plus_days": {"day", "instant"},
    "earliest": {"day", "instant"},
    "latest": {"day", "instant"},
    "time": {"instant"},
    "zone": {"instant"},
    **{key: {"positive_minor", "minor"} for key in ("unit", "decimal", "thousands", "rounding", "negative", "zero")},
    "symbols": {"positive_minor", "minor", "currency"},
    "currency_in": {"currency"},
    "country": {"country"},
}


class _Texts(yaml.BaseLoader):
    """YAML with every scalar as text, refusing a key that comes twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value} comes twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises:
        FileError: the file cannot be read.
        MappingError: it is not YAML, or says what cannot be done; the first fault is told.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError("mapping", path, f"cannot be read ({error.strerror})", "name a YAML file") from error
    except UnicodeDecodeError as error:
        raise MappingError("mapping", path, "is not UTF-8 text", "save it as UTF-8") from error
    mapping = _parse(path, text)
    _check_tables(path, mapping)
    return mapping


def _parse(path: Path, text: str) -> Mapping:
    try:
        # BaseLoader builds texts, lists and dicts only, so it is as safe as SafeLoader.
        said = yaml.load(text, _Texts)  # noqa: S506
    except yaml.YAMLError as error:
        cause = getattr(error, "problem", None) or "cannot be read"
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise MappingError("mapping", path, f"is not YAML{where}: {cause}", "mend the YAML") from error
    if not isinstance(said, dict):
        raise MappingError("mapping", path, "has no keys", f"write sources: and tables:; {HELP}")
    try:
        return Mapping.model_validate(said)
    except ValidationError as error:
        raise _complaint(path, error) from error


def _complaint(path: Path, error: ValidationError) -> MappingError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    value = first["input"] if isinstance(first["input"], str | int) else None
    match first["type"]:
        case "extra_forbidden":
            cause, value = "there is no such key", None
        case "missing":
            cause, value = "is missing", None
        case _:
            cause = first["msg"].removeprefix("Value error, ")
    return MappingError(f"mapping {path}, key {key}", value, cause, HELP)


def _check_tables(path: Path, mapping: Mapping) -> None:
    for name in mapping.tables:
        if name not in TABLES:
            raise MappingError(
                f"mapping {path}, key tables.{name}", None, "there is no such table", _meant(name, TABLES)
            )
    for key, feed in mapping.feeds():
        if feed.source not in mapping.sources:
            remedy = _meant(feed.source, mapping.sources)
            raise MappingError(f"mapping {path}, key {key}.from", feed.source, "is not among the sources", remedy)
        _check_columns(
            f"mapping {path}, key {key}.columns", TABLES[key.split(".")[1]], feed, mapping.sources[feed.source]
        )
    idle = sorted(mapping.sources.keys() - {feed.source for _, feed in mapping.feeds()})
    if idle:
        raise MappingError(f"mapping {path}, key sources.{idle[0]}", None, "feeds no table", "feed one or remove it")
    orphans = [name for name, table in TABLES.items() if name in mapping.tables and _refers(table)]
    if orphans and "orders" not in mapping.tables:
        raise MappingError(
            f"mapping {path}, key tables.{orphans[0]}", None, "refers to orders, which nothing feeds", "feed orders too"
        )


def _refers(table: Table) -> bool:
    return table.name != "orders" and "order_id" in table.columns


def _check_columns(key: str, table: Table, feed: Feed, source: Source) -> None:
    for name, rule in feed.columns.items():
        if name not in table.columns:
            remedy = _meant(name, table.columns)
            raise MappingError(f"{key}.{name}", None, f"table {table.name} has no such column", remedy)
        kind = table.field(name).kind_name
        for inner, part in _with_parts(f"{key}.{name}", rule):
            _check_options(inner, part, kind, source)
    missing = [field.name for field in table.fields if field.required and field.name not in feed.columns]
    if missing:
        raise MappingError(key, None, f"does not say where {missing[0]} comes from", "add a column or a constant")


def _check_options(key: str, rule: Rule, kind: str, source: Source) -> None:
    for option in sorted(rule.model_fields_set & OPTIONS.keys()):
        if kind not in OPTIONS[option]:
            raise MappingError(f"{key}.{option}", None, f"is not for a column of kind {kind}", HELP)
    decimal, thousands = signs(rule, source)
    if decimal == thousands:
        cause = f"has {decimal} for its decimal sign and its thousands sign"
        raise MappingError(key, None, cause, "name another decimal: or thousands:")


def _with_parts(key: str, rule: Rule) -> Iterator[tuple[str, Rule]]:
    yield key, rule
    for number, part in enumerate(rule.parts or ()):
        yield from _with_parts(f"{key}.{number}", part)


def _meant(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, 1, 0.5)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
