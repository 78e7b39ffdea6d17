"""SQL by name: every statement of the service stands in a `.sql` file, under a line that names and explains it.

A file holds blocks of the form

    -- name: limit_in_force
    -- One sentence that says what the statement is for.
    SELECT ...;
"""

import re
from functools import cache
from pathlib import Path
from typing import LiteralString

FOLDER = Path(__file__).parent / "sql"
_BLOCK = re.compile(r"^-- name: (\w+)\n((?:--.*\n)+)", re.MULTILINE)


@cache
def queries() -> dict[str, LiteralString]:
    """Read every statement, once; a name that stands twice or without a sentence is our fault."""
    found: dict[str, LiteralString] = {}
    for file in sorted(FOLDER.glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        blocks = list(_BLOCK.finditer(text))
        assert len(blocks) == text.count("-- name: "), f"{file.name}: a statement lacks its sentence"
        ends = [block.start() for block in blocks[1:]] + [len(text)]
        for block, end in zip(blocks, ends, strict=True):
            assert block[1] not in found, f"{file.name}: {block[1]} stands twice"
            found[block[1]] = text[block.end() : end].strip()
    return found


def query(name: str) -> LiteralString:
    """Give the statement of that name."""
    return queries()[name]
