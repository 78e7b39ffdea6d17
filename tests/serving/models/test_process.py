"""A registry's program: what it answers is taken, and every way to fail is an error of ours."""

import asyncio
import shlex
import sys
from pathlib import Path

import pytest

from features.errors import BolangguError, CallerError, UnavailableError
from serving.models.process import RegistryProcess
from serving.models.registry import Order


def program(text, tmp_path):
    return RegistryProcess(shlex.join([sys.executable, "-c", text]), tmp_path)


def read(registry):
    return asyncio.run(registry.read([], []))


def test_its_answer_is_taken(tmp_path):
    answer = '{"answer": {"champion": null, "previous": null, "history": [], "versions": []}}'
    found = read(program(f"import sys; sys.stdin.read(); print({answer!r})", tmp_path))
    assert (found.champion, found.versions) == (None, ())


def test_it_is_asked_what_the_port_says_under_the_home(tmp_path):
    text = (
        "import json, os, sys; asked = json.load(sys.stdin);"
        "print(json.dumps({'answer': {'version': json.dumps([asked, os.environ['BOLANGGU_HOME']])}}))"
    )
    order = Order(name="n", version="2", champion="1", is_override=True, reason="why", by="mo, confirmed by gao")
    told = asyncio.run(program(text, tmp_path).carry_out(order))
    assert '"ask": "promote"' in told
    assert str(Path(tmp_path)) in told


@pytest.mark.parametrize(
    ("callers", "away", "kind"),
    [(True, False, CallerError), (False, True, UnavailableError), (False, False, BolangguError)],
)
def test_its_errors_are_ours(tmp_path, callers, away, kind):
    fault = {
        "is_callers": callers,
        "is_unavailable": away,
        "subject": "gate",
        "value": "x",
        "cause": "c",
        "remedy": "r",
    }
    with pytest.raises(BolangguError, match="gate x: c; r") as caught:
        read(program(f"import json, sys; sys.stdin.read(); print(json.dumps({{'error': {fault!r}}}))", tmp_path))
    assert type(caught.value) is kind


def test_one_that_does_not_start_or_ends_badly_is_not_there(tmp_path):
    with pytest.raises(UnavailableError, match="cannot be started"):
        read(RegistryProcess("/nowhere/at-all", tmp_path))
    with pytest.raises(UnavailableError, match=r"ended with exit code 3 \(out of memory\)"):
        read(program("import sys; sys.stdin.read(); print('out of memory', file=sys.stderr); sys.exit(3)", tmp_path))
    with pytest.raises(UnavailableError, match="ended with exit code 0"):
        read(program("import sys; sys.stdin.read(); print('hello')", tmp_path))
    with pytest.raises(UnavailableError, match="is not understood"):
        read(program('import sys; sys.stdin.read(); print(\'{"answer": {"champion": 3}}\')', tmp_path))
