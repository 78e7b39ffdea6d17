import subprocess
import sys

import pytest


def run(*arguments):
    return subprocess.run([sys.executable, "bolanggu.py", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "named", "where"),
    [
        (["train"], "--book", "train"),
        (["train", "--book", "x", "--as-of", "2020-13-01"], "2020-13-01", "train"),
        (["set-limits", "--nope"], "--nope", "set-limits"),
        (["db", "nonsense"], "nonsense", "db"),
        (["nonsense"], "nonsense", ""),
    ],
)
def test_a_wrong_call_is_told_in_one_line_with_where_to_look(arguments, named, where):
    told = run(*arguments)
    assert (told.returncode, told.stdout) == (2, "")
    (line,) = told.stderr.splitlines()
    assert line.startswith("bolanggu: ")
    assert named in line
    assert f"{where} --help`" in line


def test_without_a_command_the_help_lists_them():
    told = run()
    assert told.returncode == 2
    assert "set-limits" in told.stdout + told.stderr
    assert "bolanggu: " not in told.stderr
