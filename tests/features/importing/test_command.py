"""`bolanggu import` as a program: what it prints and with which code it exits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.features.importing.trying import GOOD, INVOICES, lines, written

ROOT = Path(__file__).parents[3]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bolanggu", "import", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_json_on_standard_output_and_nothing_else(tmp_path):
    mapping, file = written(tmp_path, "m.yaml", INVOICES), written(tmp_path, "a.csv", lines(GOOD, "ragged"))
    done = run("--mapping", mapping, "--out", tmp_path / "book", "--json", file)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["tables"]["orders"] == {
        "read": 2, "accepted": 1, "duplicates": 0, "rejected": 1, "left_out": 0, "reasons": {"ragged_row": 1},
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\x89PNG\x00", lines(GOOD).replace("due", "dew").encode()])
def test_the_callers_mistake_is_one_line_and_code_2(tmp_path, content):
    mapping, file = written(tmp_path, "m.yaml", INVOICES), written(tmp_path, "a.csv", content)
    done = run("--mapping", mapping, "--out", tmp_path / "book", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("bolanggu: ")
    assert done.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"m.yaml", "a.csv"}
