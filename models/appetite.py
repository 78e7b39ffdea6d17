"""The appetite's calibrated scale in use: found by a backtest on past quarters, kept under the home for limit runs."""

import json
import math
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from features.errors import ConfigError
from features.files import replace_file

_NAME = "appetite.json"


@dataclass(frozen=True, slots=True)
class CalibratedAppetite:
    """What part of a policy's appetite limit runs use, and what that rests on.

    Attributes:
        policy_version: the policy whose appetite was calibrated; for any other the scale says nothing.
        scale: limit runs take this part of the policy's appetite.
        calibrated_on: outcomes recorded by the end of this day counted.
        quarters: quarters whose outcomes were mature by then.
        buyers: buyers that traded under cover in them, the units of the calibration.
    """

    policy_version: str
    scale: float
    calibrated_on: date
    quarters: int
    buyers: int

    def __post_init__(self) -> None:
        if not 0 < self.scale < math.inf:
            raise ValueError(f"a scale of {self.scale} cannot be")


def keep(appetite: CalibratedAppetite, home: Path) -> Path:
    """Put a calibrated scale into use for the limit runs to come; the one before is replaced."""
    with replace_file(home / _NAME) as fresh:
        fresh.write_text(json.dumps(asdict(appetite), default=date.isoformat) + "\n", encoding="utf-8")
    return home / _NAME


def in_use(home: Path, policy_version: str) -> CalibratedAppetite | None:
    """Read the scale in use, None where none was kept or it was calibrated for another policy.

    Raises:
        ConfigError: the file is there and cannot be read.
    """
    file = home / _NAME
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        found = CalibratedAppetite(**told | {"calibrated_on": date.fromisoformat(told["calibrated_on"])})
    except (ValueError, KeyError, TypeError) as error:
        remedy = "run `bolanggu backtest --keep-scale` anew, or remove the file to use the policy's appetite as it is"
        raise ConfigError("calibrated appetite", file, f"cannot be read: {error}", remedy) from error
    return found if found.policy_version == policy_version else None
