"""Reading a YAML text that people write into a pydantic model, with an error that names line, key and value."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from features.errors import ConfigError


class Strict(BaseModel):
    """A part of such a file: unknown keys are refused, and what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


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
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            # Nobody needs them, and a few lines of them can stand for more than a machine holds.
            raise error(subject, None, "has an alias (*)", "write the value out")
        return model.model_validate(yaml.safe_load(text) or {})
    except ValidationError as invalid:
        fault = invalid.errors()[0]
        key = ".".join(str(part) for part in fault["loc"]) or "the whole file"
        value = None if isinstance(fault["input"], dict | BaseModel) else fault["input"]
        remedy = f"keys there are: {', '.join(model.model_fields)}" if fault["type"] == "extra_forbidden" else "mend it"
        place = f"{subject}, line {_line(text, fault['loc'])}, {key}"
        raise error(place, value, fault["msg"], remedy) from invalid
    except yaml.YAMLError as unreadable:
        raise error(
            subject, None, f"cannot be read as YAML ({unreadable})", "mend it, or name a YAML file"
        ) from unreadable


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
