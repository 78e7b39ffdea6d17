import itertools
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from features.errors import ConfigError
from features.money import Money
from models.policy import FOLDER, gather, policies, read_policy

TODAY_FILE = FOLDER / "2024-current.yaml"
TODAY = yaml.safe_load(TODAY_FILE.read_text(encoding="utf-8"))
GRADE = {"name": "A", "max_pd": 1, "need_share": 1, "validity_days": 8, "review_days": 1}
APPETITE, WHITELIST = TODAY["appetite"], TODAY["whitelist"]


def changed(tmp_path, **keys):
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(TODAY | keys), encoding="utf-8")
    return file


def test_the_reported_terms_hold_by_date():
    launch, now = policies().at(date(2021, 6, 1)), policies().at(date(2026, 6, 1))
    assert (launch.cap, launch.rate_bp("standard")) == (Money(80_000_00, "USD"), 3000)
    assert (now.cap, now.rate_bp("standard"), now.rate_bp("whitelisted")) == (Money(150_000_00, "USD"), 4500, 8000)


def test_whatever_the_report_does_not_give_is_marked():
    reported = {"version", "assumptions", "buyer_cap", "compensation_rate"}
    for policy in policies().versions:
        marked = {key.split(".")[0] for key in policy.assumptions}
        assert set(type(policy).model_fields) == marked | reported


def test_a_version_holds_from_its_first_day_until_the_next():
    change = policies().versions[1].effective_from
    assert policies().at(change).version != policies().at(change - timedelta(days=1)).version
    with pytest.raises(ConfigError, match="did not exist before 2020-01-01"):
        policies().at(date(2019, 12, 31))


def test_a_version_is_found_by_name():
    assert policies().version("2020-launch").buyer_cap == 80_000_00
    with pytest.raises(ConfigError, match="policy version 1999: does not exist; use one of 2020-launch"):
        policies().version("1999")


@given(st.floats(0, 1))
def test_every_pd_has_one_grade_and_grades_rise(pd):
    policy = policies().at(date(2026, 1, 1))
    grade = policy.grade(pd)
    assert pd <= grade.max_pd
    better = [other for other in policy.grades if other.max_pd < grade.max_pd]
    assert all(pd > other.max_pd and other.need_share >= grade.need_share for other in better)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"buyer_cap": -1}, "buyer_cap -1: is not more than 0; "),
        ({"buyer_cap": 150000.0}, "buyer_cap 150000.0: "),
        ({"buyer_cap": True}, "buyer_cap True: "),
        ({"cap": 1}, "cap 1: is not known; keys there are: version, "),
        ({"compensation_rate": {"standard": 4500}}, "compensation_rate.whitelisted: is missing; add it"),
        ({"compensation_rate": {"standard": 4500, "whitelisted": 10001}}, "whitelisted 10001: "),
        ({"discretionary_limit": 150001}, "discretionary_limit 150001: must not pass buyer_cap"),
        ({"grades": [GRADE | {"max_pd": 0.5}]}, "grades .*: must rise in max_pd and end at 1"),
        ({"grades": [GRADE | {"review_days": 9}]}, "grades.0.review_days 9: must not pass validity_days"),
        ({"tiers": [1000, 500, 150000]}, r"tiers \[1000, 500, 150000\]: must rise and end at buyer_cap"),
        ({"tiers": [1000, 100000]}, r"tiers .*: must rise and end at buyer_cap"),
        ({"tiers": [1250, 150000]}, "whole multiples of limit_step, not 1250"),
        ({"authority": [{"level": "machine", "up_to": 149999}]}, "authority .*reach buyer_cap"),
        ({"authority": [{"level": "king", "up_to": 150000}]}, "authority.0.level king: "),
        ({"appetite": APPETITE | {"expected_loss": 0}}, "appetite.expected_loss 0: "),
        ({"appetite": APPETITE | {"tail_level": 10000}}, "appetite.tail_level 10000: "),
        (
            {"whitelist": WHITELIST | {"excluded_loss_share": 1}},
            "whitelist.excluded_loss_share 1: must not be under loss_share",
        ),
        (
            {"ceilings": {"exporter": 1, "country": {"0": 1}, "programme_year": 1}},
            "ceilings.country: needs exactly the classes",
        ),
        ({"effective_from": "soon"}, "effective_from soon: "),
    ],
)
def test_a_bad_policy_is_refused_with_key_value_and_remedy(tmp_path, keys, message):
    with pytest.raises(ConfigError, match=message) as raised:
        read_policy(changed(tmp_path, **keys))
    assert "policy.yaml" in str(raised.value)


def test_two_versions_may_not_share_a_day(tmp_path):
    with pytest.raises(ConfigError, match="effective_from 2024-01-01: stands in two files"):
        gather([read_policy(TODAY_FILE), read_policy(changed(tmp_path, version="other"))])
    with pytest.raises(ConfigError, match="there is none"):
        gather([])


def test_an_amount_is_decided_by_the_lowest_level_that_may():
    policy = policies().at(date(2026, 1, 1))
    for below, above in itertools.pairwise(policy.authority):
        assert policy.level_for(below.up_to) == below.level
        assert policy.level_for(below.up_to + 1) == above.level
    assert policy.level_for(policy.buyer_cap) == "senior"


def test_the_fingerprint_tells_terms_of_one_name_apart(tmp_path):
    same, other = read_policy(changed(tmp_path)), read_policy(changed(tmp_path, notice_days=29))
    assert same.fingerprint == read_policy(TODAY_FILE).fingerprint != other.fingerprint


def test_a_country_has_the_ceiling_of_its_class():
    ceilings = read_policy(TODAY_FILE).ceilings
    assert ceilings.of_class(7) == ceilings.country["7"]
    assert ceilings.of_class(None) == ceilings.country["unclassified"]
