"""Reading a YAML file that people write into a pydantic model, with an error that names the key."""

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
        ConfigError: the file cannot be read, or the first key at fault with its value, cause and remedy.
    """
    try:
        return model.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except ValidationError as invalid:
        fault = invalid.errors()[0]
        key = ".".join(str(part) for part in fault["loc"]) or "the whole file"
        value = None if isinstance(fault["input"], dict | BaseModel) else fault["input"]
        remedy = f"keys there are: {', '.join(model.model_fields)}" if fault["type"] == "extra_forbidden" else "mend it"
        raise error(f"{subject} {file}, {key}", value, fault["msg"], remedy) from invalid
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as unreadable:
        raise error(subject, file, f"cannot be read as YAML ({unreadable})", "name a YAML file") from unreadable
