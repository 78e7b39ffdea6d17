"""Errors in Chinese: every one that a page may show is found in the code and has to be known to the catalogue."""

import ast
import copy
import math
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from features.errors import ConfigError
from models.policy import FOLDER, Policy, parse_policy
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
# What only the command line or the API is told.
ELSEWHERE = {
    "amounts",  # of two currencies: no page adds them
    "rollback",  # without a reason: pages demand one
    "--override",
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


def _spoilt(terms: Any) -> Iterator[Any]:
    """Give a policy's terms with each part of them taken out, added to, or exchanged for what cannot be."""
    if not isinstance(terms, dict | list):
        return
    for place in terms if isinstance(terms, dict) else range(len(terms)):
        others: tuple[Any, ...] = (
            None,
            "soon",
            "",
            "x" * 200,
            -1,
            10**9,
            1.5,
            math.inf,
            True,
            date(2020, 1, 1),
            [],
            {},
        )
        for other in (*others, *_spoilt(terms[place])):
            spoilt = copy.copy(terms)
            spoilt[place] = other
            yield spoilt
        spoilt = copy.copy(terms)
        del spoilt[place]
        yield spoilt
    if isinstance(terms, dict):
        yield terms | {"more": 1}


def _kind_of(terms: Any) -> tuple[str, str] | None:
    try:
        Policy.model_validate(terms)
    except ValidationError as invalid:
        fault = invalid.errors()[0]
        return fault["type"], re.sub(r"\d+", "", fault["msg"])
    return None


def test_every_kind_of_fault_in_a_policy_on_trial_is_told_in_chinese():
    file = max(FOLDER.glob("*.yaml"))
    kinds = {_kind_of(terms): terms for terms in _spoilt(yaml.safe_load(file.read_text(encoding="utf-8")))}
    kinds.pop(None)
    assert len(kinds) > 25, "the rules of a policy are broken"
    for terms in kinds.values():
        with pytest.raises(ConfigError) as raised:
            parse_policy(yaml.safe_dump(terms, sort_keys=False))
        told = in_words(str(raised.value), "zh")
        assert told is not None, str(raised.value)
        assert re.match(r"试用政策 第 \d+ 行", told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# words\nversion: ''", "试用政策 第 2 行 version：少于 1 个字符；请多写一些。"),
        ("buyer_cap: many\na: 1", "试用政策 第 2 行 a 1：查无此项；可用的键：version, effective_from, .*"),
        ("- 1", "试用政策 第 1 行，整个文件：其下没有键；.*"),
        ("a: &x 1\nb: *x", "试用政策：使用了别名.*"),
        ("effective_from: 2024-13-01", "试用政策：无法按 YAML 读取（其中有不可能的日期或数字）.*"),
        ("a\u0007", "试用政策：无法按 YAML 读取（其中有不允许的字符）.*"),
        ("[" * 3000, "试用政策：无法按 YAML 读取（嵌套过深）；请检查.*"),
        ("a: 1\n b: 2", "试用政策：无法按 YAML 读取（第 2 行第 3 列：此处不能有“键: 值”）.*"),
        ("a: 1\nb 2\nc: 3", "试用政策：无法按 YAML 读取（第 3 行第 1 列：缺少冒号“:”）.*"),
        ("a: {b: 1\nc: 2", "试用政策：无法按 YAML 读取（第 2 行第 2 列：应为逗号或 '}'，此处是 ':'）.*"),
        ("a: 'b", "试用政策：无法按 YAML 读取（第 1 行第 6 列：文本中途结束，引号或括号未闭合）.*"),
        ("a:\n\tb: c", "试用政策：无法按 YAML 读取（第 2 行第 1 列：不能以字符 .* 开头）.*"),
        ("- a\nb: 1", "试用政策：无法按 YAML 读取（第 2 行第 1 列：缩进与上文不一致，此处是 .*）.*"),
    ],
)
def test_a_fault_in_a_policy_on_trial_is_told_with_its_place(text, told):
    with pytest.raises(ConfigError) as raised:
        parse_policy(text)
    assert re.fullmatch(told, in_words(str(raised.value), "zh") or str(raised.value))


@pytest.mark.parametrize("line", ["", "something else", "registry: is purple; try again shortly"])
def test_what_is_not_known_stays_as_it_is(line):
    assert in_words(line, "zh") is None
    assert in_words(line, "en") == line
