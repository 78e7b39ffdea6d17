"""The version of the features: what they are called and how each one is computed."""

import hashlib
import re
from functools import cache
from pathlib import Path

from features.catalogue import CATALOGUE

_SQL = Path(__file__).parents[1] / "sql"
_COMMENT = re.compile(r"--[^\n]*")


@cache
def feature_version() -> str:
    """Give 16 hex digits that change with any feature's name, unit or SQL; comments and spacing do not count.

    A model learned from values: computed in another way they are other values, whatever they are called.
    """
    parts = [f"{each.name} {each.kind} {each.unit}" for each in CATALOGUE]
    parts += [f"{file.name} {_plain(file.read_text(encoding='utf-8'))}" for file in sorted(_SQL.glob("*.sql"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _plain(statement: str) -> str:
    return " ".join(_COMMENT.sub("", statement).split())
