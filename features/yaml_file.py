"""Reading a YAML text that people write into a pydantic model, with an error that names line, key and value."""

from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from features.errors import ConfigError

# What may be wrong with a key, by pydantic's name of the kind or the first word of it: cause and remedy.
_KINDS: Mapping[str, tuple[str, str]] = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not known", "keys there are: {keys}"),
    "literal_error": ("is none of the words that may stand there", "write one of {expected}"),
    "greater_than": ("is not more than {gt}", "write a larger one"),
    "greater_than_equal": ("is less than {ge}", "write a larger one"),
    "less_than": ("is not less than {lt}", "write a smaller one"),
    "less_than_equal": ("is more than {le}", "write a smaller one"),
    "string_too_short": ("has fewer than {min_length} characters", "write more"),
    "string_too_long": ("has more than {max_length} characters", "shorten it"),
    "too_short": ("has fewer than {min_length} entries", "add to it"),
    "too_long": ("has more than {max_length} entries", "leave some out"),
    "bool": ("is neither true nor false", "write one of the two"),
    "date": ("is no day", "write one, as in 2027-01-31"),
    "dict": ("has no keys of its own", "write them as `key: value` beneath it"),
    "finite": ("is no finite number", "write digits, as in 0.05"),
    "float": ("is no number", "write digits, as in 0.05"),
    "int": ("is no whole number", "write digits alone, as in 2000"),
    "list": ("is no list", "write it in [ ], with commas between"),
    "model": ("has no keys of its own", "write them as `key: value` beneath it"),
    "string": ("is no text", "write it in quotes"),
    "tuple": ("is no list", "write it in [ ], with commas between"),
}
_OUGHT = "ought"
_LOOK = "look at the indents, colons, brackets and quotes there"
_LONGEST_SHOWN = 60
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}
_DEEPEST = 50


class _OnceEach(yaml.SafeLoader):
    """Refuses a key that is written twice, of which YAML's own reader takes the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"key {key.value} is written twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class Strict(BaseModel):
    """A part of such a file: unknown keys are refused, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def ought(key: str, cause: str) -> PydanticCustomError:
    """Make what a model's own validators raise: the key at fault, and what it must or must not be."""
    return PydanticCustomError(_OUGHT, "{cause}", {"key": key, "cause": cause})


def read_yaml(file: Path, model: type[Model], subject: str, error: type[ConfigError] = ConfigError) -> Model:
    """Read a file as a model; `subject` says in errors what the file is.

    Raises:
        ConfigError: the file cannot be read, or the first key at fault with its line, value, cause and remedy.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise error(subject, file, f"cannot be read as YAML ({unreadable})", "name a YAML file") from unreadable
    return parse_yaml(text, model, f"{subject} {file}", error)


def parse_yaml(text: str, model: type[Model], subject: str, error: type[ConfigError] = ConfigError) -> Model:
    """Read a text as a model.

    Raises:
        ConfigError: it is no YAML, or the first key at fault with its line, value, cause and remedy.
    """
    if max(accumulate(_BRACKETS.get(sign, 0) for sign in text), default=0) > _DEEPEST:
        # PyYAML would find so too, but only after minutes: its time grows with the square of the depth.
        raise error(subject, None, "cannot be read as YAML (it nests too deeply)", _LOOK)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            # Nobody needs them, and a few lines of them can stand for more than a machine holds.
            raise error(subject, None, "has an alias (*)", "write the value out")
        return model.model_validate(yaml.load(text, _OnceEach) or {})  # noqa: S506 - it is a safe one
    except ValidationError as invalid:
        # A key that is not known may be a misspelt one, which is then missing too.
        first = min(invalid.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        raise _fault(first, text, model, subject, error) from invalid
    except (yaml.YAMLError, ValueError, RecursionError) as unreadable:
        raise error(subject, None, f"cannot be read as YAML ({_unreadable(unreadable)})", _LOOK) from unreadable


def _fault(
    fault: ErrorDetails, text: str, model: type[BaseModel], subject: str, error: type[ConfigError]
) -> ConfigError:
    """Say what is wrong with a key, and name its line and its value as they stand in the text."""
    facts: dict[str, Any] = fault.get("ctx", {})
    place = (*fault["loc"], facts["key"]) if fault["type"] == _OUGHT else fault["loc"]
    cause, remedy = fault["msg"].removeprefix("Value error, "), "mend it"
    kind = fault["type"] if fault["type"] in _KINDS else fault["type"].partition("_")[0]
    if kind in _KINDS:
        expected = str(facts.get("expected")).replace(" or ", ", ").replace("'", "")
        known = facts | {"keys": ", ".join(_keys_beside(model, place)), "expected": expected}
        cause, remedy = (words.format(**known) for words in _KINDS[kind])
    key = f"{'.'.join(map(str, place))} {_shown(yaml.safe_load(text), place)}".strip() if place else "the whole file"
    return error(subject, f"line {_line(text, place)}, {key}", cause, remedy)


def _keys_beside(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Give the keys that may stand where a path of keys ends."""
    for part in place[:-1]:
        kind = model.model_fields[part].annotation if part in model.model_fields else None
        model = next((each for each in (kind, *get_args(kind)) if _is_model(each)), model)
    return list(model.model_fields)


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _shown(value: Any, place: tuple[int | str, ...]) -> str:  # noqa: ANN401 - whatever YAML may hold
    """Write the value that a path of keys leads to; nothing where there is none, or it has keys of its own."""
    for part in place:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    if value is None or isinstance(value, dict):
        return ""
    written = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
    return written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…"


def _unreadable(error: Exception) -> str:
    """Say where and why a text is no YAML."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    if isinstance(error, RecursionError):
        return "it nests too deeply"
    return f"a {'character' if isinstance(error, yaml.YAMLError) else 'day or number'} in it cannot be"


def _line(text: str, place: tuple[int | str, ...]) -> int:
    """Tell on which line stands what a path of keys leads to, or the last part of the path that is there."""
    node = yaml.compose(text, yaml.SafeLoader)
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
