"""Errors in Chinese: every one that a page may show is found in the code and has to be known to the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.limits.trials.basis import CAUSES as STALE
from serving.web.faults import in_words

ROOT = Path(__file__).parents[3]
ROOMS = (
    "features/money.py",
    "models/bundle.py",
    "models/champion.py",
    "serving/access/permissions.py",
    "serving/accounts/openid.py",
    "serving/book/traces.py",
    "serving/buyers/dossier.py",
    "serving/database/pool.py",
    "serving/desk",
    "serving/ledger/claims.py",
    "serving/ledger/covers.py",
    "serving/limits/trials",
    "serving/models",
    "serving/web",
    "serving/whitelist/standing.py",
    "training/comparison.py",
    "training/drift.py",
    "training/promotion.py",
    "training/registry.py",
)
# What only the command line, the API or a setting at start is told.
ELSEWHERE = {
    "amounts",  # of two currencies: no page adds them
    "rollback",  # without a reason: pages demand one
    "--override",
    "BOLANGGU_OIDC_ISSUER",
    "reader",  # who is not signed in is led to sign in
}
BLANK = "waiting"


def _texts(node: ast.expr, named: dict[str, set[str]]) -> set[str]:
    """Give what an expression may say, `BLANK` for what is filled in; nothing where that is not written there."""
    match node:
        case ast.Constant(value=str() as text):
            return {text}
        case ast.JoinedStr(values=values):
            return {"".join(str(each.value) if isinstance(each, ast.Constant) else BLANK for each in values)}
        case ast.IfExp(body=first, orelse=second):
            return _texts(first, named) | _texts(second, named)
        case ast.Name(id=name):
            return named.get(name, set())
    return set()


def _errors(file: Path) -> Iterator[tuple[str, str, str]]:
    """Give subject, cause and remedy of every error that a module makes, as far as they are written in it."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    named: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named.setdefault(node.targets[0].id, set()).update(_texts(node.value, named))
    for node in nodes:
        if isinstance(node, ast.Call) and re.search(r"Error$", ast.unparse(node.func)) and len(node.args) == 4:
            subject, _value, cause, remedy = node.args
            for told in _texts(subject, named) - ELSEWHERE:
                for why in _texts(cause, named) or {"is not known"}:
                    for what in _texts(remedy, named) or {"ask anew"}:
                        yield told, why, what


def _all() -> list[tuple[str, str, str]]:
    places = [ROOT / room for room in ROOMS]
    files = [file for place in places for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]
    return sorted({error for file in files for error in _errors(file)})


def test_every_error_of_the_rooms_is_known_in_chinese():
    found = _all()
    assert len(found) > 80, "the rooms are read"
    unknown = [f"{subject}: {cause}; {remedy}" for subject, cause, remedy in found]
    unknown = [line for line in unknown if in_words(line, "zh") is None]
    assert unknown == []


@pytest.mark.parametrize("cause", sorted(STALE.values()))
def test_every_cause_of_a_stale_preview_is_known(cause):
    told = in_words(f"limit run 3: is stale: {cause}; ask for a new preview", "zh")
    assert told is not None
    assert not re.search("[a-z]{3}", told), told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("registry: does not answer; try again shortly", "模型登记库：无响应；请稍后再试。"),
        (
            "registry sqlite:////a: b.db: does not answer (no table; x); check MLFLOW_TRACKING_URI and try again",
            "模型登记库 sqlite:////a: b.db：无响应（no table; x）；请检查 MLFLOW_TRACKING_URI 后重试。",
        ),
        (
            "model version 3: fails auc_vs_champion, calibrated; train anew",
            "模型版本 3：未通过门槛：AUC 与现用模型相比、样本外校准；请重新训练。",
        ),
        (
            "champion version 3: cannot be compared with (differs from its seal); train and promote again",
            "现用模型 第 3 版：无法与之对比（与封存校验不符）；请重新训练并启用。",
        ),
        ("change 4: is in use already; ask anew", "变更 4：已在使用；请重新申请。"),
        ("version 2 is in use by now", "现已启用第 2 版"),
        ("ended without a word; the service's log tells more", "中断且无任何说明；详情见服务日志。"),
    ],
)
def test_an_error_is_told_in_chinese_with_its_own_facts(line, told):
    assert in_words(line, "zh") == told


@pytest.mark.parametrize("line", ["", "something else", "registry: is purple; try again shortly"])
def test_what_is_not_known_stays_as_it_is(line):
    assert in_words(line, "zh") is None
    assert in_words(line, "en") == line
