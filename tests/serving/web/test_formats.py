from datetime import UTC, date, datetime

import pytest

from serving.web.formats import Formats

ZH, EN = Formats("zh"), Formats("en")


def test_amounts_bear_their_currency_and_its_own_digits():
    assert ZH.money(123456789) == "US$1,234,567.89"
    assert EN.money(123456789) == "$1,234,567.89"
    assert EN.money(1000, "JPY") == "¥1,000"
    assert EN.money(1000, "KWD").endswith("1.000")
    assert EN.usd(-12345678) == "-$123,457"


def test_days_and_instants_are_written_as_people_there_write_them():
    assert (ZH.day(date(2026, 3, 5)), EN.day(date(2026, 3, 5))) == ("2026-03-05", "5 Mar 2026")
    late = datetime(2026, 3, 31, 20, 5, tzinfo=UTC)
    assert ZH.instant(late) == "2026-04-01 04:05"


def test_shares_numbers_and_countries():
    assert [EN.percent(share) for share in (0.0123, 0.5)] == ["1.23%", "50.0%"]
    assert (ZH.country("NG"), EN.country("NG")) == ("尼日利亚", "Nigeria")
    assert (ZH.country("XA"), EN.country("XB"), EN.country("XK")) == ("XA", "XB", "Kosovo")
    assert EN.number(1234.5) == "1,234.5"


@pytest.mark.parametrize("write", [EN.money, EN.usd, EN.day, EN.instant, EN.number, EN.percent, EN.country])
def test_what_is_not_known_is_a_dash(write):
    assert write(None) == "–"
