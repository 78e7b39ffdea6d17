"""SQL built step by step: each expression gets a short name, and names build on names, each computed once."""

import re

_NAMES = re.compile(r"\bx\d+_")


def quoted(name: str) -> str:
    """Quote an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote an SQL text."""
    return "'" + text.replace("'", "''") + "'"


class Steps:
    """Expressions over a relation, laid in as few nested selects as their dependence on one another allows."""

    def __init__(self) -> None:
        """Begin with no expression."""
        self._names: dict[str, str] = {}
        self._levels: dict[str, int] = {}

    def add(self, expression: str) -> str:
        """Name an expression, which may use names given before; the same expression keeps its name."""
        if expression not in self._names:
            name = f"x{len(self._names)}_"
            below = (self._levels.get(used, -1) for used in _NAMES.findall(expression))
            self._names[expression] = name
            self._levels[name] = 1 + max(below, default=-1)
        return self._names[expression]

    def over(self, relation: str) -> str:
        """Write the query that gives the relation's columns and every named expression."""
        query = relation
        for level in range(1 + max(self._levels.values(), default=-1)):
            added = [f"{said} AS {name}" for said, name in self._names.items() if self._levels[name] == level]
            query = f"SELECT *, {', '.join(added)} FROM ({query})"
        return query
