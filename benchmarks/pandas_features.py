"""The catalogue's features once more, in straightforward pandas: the yardstick for speed, and an oracle for values.

Written from the catalogue's meanings, one day after the other, without a look at how the SQL goes about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.book.folder import files_of
from features.book.tables import TABLES
from features.catalogue import CATALOGUE
from features.snapshot.days import end_of, next_spring_festival

Frame = pd.DataFrame
Column: TypeAlias = "pd.Series[Any]"

RATES_OF = ("due", "late", "serious", "disputes", "claims", "notices")


def snapshot(book: Path, days: Sequence[date], rates: pa.Table) -> Frame:
    """Compute the features of every buyer on each day; columns and order of rows are the snapshot's."""
    tables = {name: _read(book, name) for name in TABLES}
    return pd.concat([_on(tables, day, rates) for day in sorted(set(days))], ignore_index=True)


def _read(book: Path, name: str) -> Frame:
    table = TABLES[name]
    files = files_of(book, name)
    rows = pa.concat_tables([pq.read_table(file) for file in files]) if files else table.arrow.empty_table()
    for field in table.arrow:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(len(rows), field.type))
    frame: Frame = rows.select(list(table.columns)).cast(table.arrow).to_pandas()
    for field in table.fields:
        if field.kind_name == "day":
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame


def _on(tables: dict[str, Frame], day: date, rates: pa.Table) -> Frame:
    known = _Known(tables, day, rates)
    ids = pd.Index(sorted(known.orders["buyer_id"].unique()), name="buyer_id")
    peers = _peers(known, ids)
    families = (
        _payment(known, peers),
        _volume(known, ids),
        _bustout(known, ids),
        _exporters(known, peers),
        _claims(known, peers),
        _country(known, peers),
        _standing(known, ids),
    )
    found = pd.concat([family.reindex(ids) for family in families], axis=1)
    found.insert(0, "as_of", pd.Timestamp(day))
    return found.reset_index()[["buyer_id", "as_of", *(feature.name for feature in CATALOGUE)]]


def _newest(frame: Frame, keys: Iterable[str], day: date) -> Frame:
    """Keep what was recorded by the end of the day, and of each key the newest version."""
    keys = list(keys)
    rows = frame[frame["recorded_at"] < end_of(day)]
    content = [name for name in frame.columns if name not in {*keys, "recorded_at"} and frame[name].notna().any()]
    repeated = rows.duplicated(keys, keep=False)
    newest = rows[repeated].sort_values(["recorded_at", *content]).drop_duplicates(keys, keep="last")
    return pd.concat([rows[~repeated], newest])


@dataclass
class _Known:
    """The newest versions on a day: orders with what was paid on them, claims and notices with their order's buyer."""

    orders: Frame
    claims: Frame
    notices: Frame
    buyers: Frame
    country_risk: Frame
    day: pd.Timestamp

    def __init__(self, tables: dict[str, Frame], day: date, rates: pa.Table) -> None:
        self.day = pd.Timestamp(day)
        orders = _newest(tables["orders"], ["order_id"], day)
        orders["amount"] = _usd(orders, "amount_minor", rates)
        self.orders = self._settled(orders, _newest(tables["payments"], ["payment_id"], day), rates)
        parties = orders[["order_id", "buyer_id", "exporter_id", "ordered_on"]]
        self.claims = _newest(tables["claims"], ["claim_id"], day).merge(parties, on="order_id")
        self.claims["loss"] = _usd(self.claims, "loss_minor", rates)
        self.claims["recovered"] = _usd(self.claims, "recovered_minor", rates)
        self.claims["age"] = self.ages(self.claims["filed_on"])
        self.notices = _newest(tables["overdue_notices"], ["order_id", "reported_on"], day).merge(
            parties, on="order_id"
        )
        self.notices["age"] = self.ages(self.notices["reported_on"])
        self.buyers = tables["buyers"][tables["buyers"]["recorded_at"] < end_of(day)]
        self.country_risk = _newest(tables["country_risk"], ["country", "effective_from"], day)

    def ages(self, days: Column) -> Column:
        """Count the days from each day to the snapshot's."""
        found: Column = (self.day - days).dt.days
        return found

    def _settled(self, orders: Frame, payments: Frame, rates: pa.Table) -> Frame:
        paid = payments.merge(orders[["order_id", "ordered_on"]], on="order_id")
        paid["usd"] = _usd(paid, "amount_minor", rates)
        sums = paid.groupby("order_id").agg(paid=("usd", "sum"), payments=("usd", "size"), paid_on=("paid_on", "max"))
        orders = orders.merge(sums, on="order_id", how="left").fillna({"paid": 0, "payments": 0})
        orders["settled"] = (orders["payments"] > 0) & (orders["amount"] - orders["paid"] <= orders["payments"])
        orders["in_parts"] = (orders["payments"] > 1) | ((orders["payments"] > 0) & ~orders["settled"])
        orders["open"] = (orders["amount"] - orders["paid"]).where(~orders["settled"], 0)
        orders["due_age"] = self.ages(orders["due_on"])
        orders["age"] = self.ages(orders["ordered_on"])
        orders["paid_age"] = self.ages(orders["paid_on"])
        orders["terms"] = (orders["due_on"] - orders["ordered_on"]).dt.days
        until = orders["paid_on"].where(orders["settled"], self.day)
        orders["days_late"] = (until - orders["due_on"]).dt.days.clip(lower=0)
        orders["concluded"] = orders["settled"] | (orders["due_age"] >= 0)
        return orders


def _usd(frame: Frame, column: str, rates: pa.Table) -> Column:
    """Convert to US cents at the rate of the order's day, half up; nothing stays nothing."""
    keys = pa.table(
        {"currency": pa.array(frame["currency"], pa.string()), "day": pa.array(frame["ordered_on"], pa.date32())}
    )
    keys = keys.append_column("at", pa.array(range(len(keys)), pa.int64()))
    rate = keys.join(rates, ["currency", "day"], join_type="left outer").sort_by("at")["usd_cents_per_minor"]
    minor = pa.array(frame[column], pa.int64(), from_pandas=True).cast(pa.decimal128(19, 0))
    cents = pc.round(pc.multiply(minor, rate), 0, round_mode="half_towards_infinity")
    return pd.Series(cents.cast(pa.int64()).to_numpy(), index=frame.index)


def _within(frame: Frame, column: str, days: int) -> Frame:
    return frame[frame[column].between(0, days - 1)]


def _mean(frame: Frame, value: str) -> Column:
    """Mean of a value by buyer, weighted by amount."""
    weighted = (frame[value] * frame["amount"]).groupby(frame["buyer_id"]).sum()
    return weighted / frame.groupby("buyer_id")["amount"].sum().replace(0, np.nan)


def _count(frame: Frame) -> Column:
    return frame.groupby("buyer_id").size()


def _against(x: Column, y: Column) -> Column:
    """Compare x with y as x / (x + y); nothing where both are nothing."""
    return x / (x + y).replace(0, np.nan)


def _year(known: _Known) -> Frame:
    """The past year of each buyer and exporter: what came due, and the troubles."""
    due = _within(known.orders, "due_age", 365)
    short = due[(due["due_age"] > 60) & due["in_parts"] & ~due["settled"]]
    claims = known.claims[known.claims["age"] < 365]
    parts = {
        "due": due,
        "late": due[due["days_late"] > 0],
        "serious": due[due["days_late"] > 30],
        "disputes": pd.concat([short, claims[claims["outcome"].isin(["rejected", "withdrawn"])]]),
        "claims": claims,
        "notices": known.notices[known.notices["age"] < 365],
    }
    pair = ["buyer_id", "exporter_id"]
    return pd.concat({name: part.groupby(pair).size() for name, part in parts.items()}, axis=1).fillna(0)


@dataclass
class _Peers:
    """What other buyers did in the past year: by exporter without each buyer, and shrunk shares for each buyer."""

    year: Frame
    own: Frame
    shares: Frame


def _peers(known: _Known, ids: pd.Index) -> _Peers:
    year = _year(known)
    own = year.groupby("buyer_id").sum().reindex(columns=list(RATES_OF))
    countries = _countries(known)
    by_country = own.groupby(countries.reindex(own.index).fillna("ZZ").to_numpy()).sum()
    own = own.reindex(ids).fillna(0)
    country = countries.reindex(ids).fillna("ZZ")
    others = by_country.reindex(country.to_numpy()).fillna(0).set_axis(ids) - own
    book = year.sum() - own
    shares = pd.DataFrame({"country": country})
    priors = {"late": 5, "serious": 1, "disputes": 0.2, "claims": 0.2, "notices": 1}
    for name, prior in priors.items():
        shares[f"book_{name}"] = (book[name] + prior) / (book["due"] + 20)
        shares[name] = (others[name] + 50 * shares[f"book_{name}"]) / (others["due"] + 50)
    return _Peers(year, own, shares)


def _countries(known: _Known) -> Column:
    """Country of each buyer, by the row recorded last."""
    rows = known.buyers.sort_values(["recorded_at", "country", "name"], ascending=[False, True, True])
    return rows.drop_duplicates("buyer_id").set_index("buyer_id")["country"]


def _payment(known: _Known, peers: _Peers) -> Frame:
    orders, shares = known.orders, peers.shares
    found: dict[str, Column] = {}
    spans = {"30d": 30, "90d": 90, "365d": 365, "ever": None}
    for name, days in spans.items():
        due = orders[orders["concluded"]] if days is None else _within(orders, "due_age", days)
        late = _count(due[due["days_late"] > 0]).reindex(shares.index).fillna(0)
        number = _count(due).reindex(shares.index).fillna(0)
        found[f"late_share_{name}"] = (late + 5 * shares["late"]) / (number + 5)
        found[f"days_late_{name}"] = _mean(due, "days_late")
    year = _within(orders, "due_age", 365)
    by = year.groupby("buyer_id")
    number = by.size().reindex(shares.index).fillna(0)
    serious = _count(year[year["days_late"] > 30]).reindex(shares.index).fillna(0)
    found["serious_late_share_365d"] = (serious + 5 * shares["serious"]) / (number + 5)
    found["days_late_trend"] = found["days_late_90d"] - _mean(year[year["due_age"] >= 90], "days_late")
    found["worst_days_late_365d"] = by["days_late"].max()
    found["worst_days_late_ever"] = orders.groupby("buyer_id")["days_late"].max()
    last = year.sort_values(["due_on", "days_late"]).drop_duplicates("buyer_id", keep="last")
    found["last_days_late"] = last.set_index("buyer_id")["days_late"]
    found["partial_share_365d"] = by["in_parts"].mean()
    found["unpaid_due_share_365d"] = by["open"].sum() / by["amount"].sum().replace(0, np.nan)
    found["days_since_payment"] = orders.groupby("buyer_id")["paid_age"].min()
    return pd.DataFrame(found | _owed(orders, shares.index) | _taken(orders))


def _owed(orders: Frame, ids: pd.Index) -> dict[str, Column]:
    is_open = orders[~orders["settled"]]
    overdue = is_open[is_open["due_age"] > 0]
    total, late = is_open.groupby("buyer_id")["open"].sum(), overdue.groupby("buyer_id")["open"].sum()
    aged = (overdue["open"] * overdue["due_age"]).groupby(overdue["buyer_id"]).sum()
    return {
        "open_orders": _count(is_open).reindex(ids).fillna(0),
        "open_usd_cents": total.reindex(ids).fillna(0),
        "overdue_orders": _count(overdue).reindex(ids).fillna(0),
        "overdue_usd_cents": late.reindex(ids).fillna(0),
        "overdue_share": late.reindex(ids).fillna(0) / total.replace(0, np.nan),
        "overdue_age_days": aged / late.replace(0, np.nan),
        "oldest_overdue_days": overdue.groupby("buyer_id")["due_age"].max().reindex(ids).fillna(0),
    }


def _taken(orders: Frame) -> dict[str, Column]:
    taken = orders[orders["settled"] & (orders["paid_age"] < 365)]
    taken = taken.assign(taken=(taken["paid_on"] - taken["ordered_on"]).dt.days)
    days = {name: (taken[name] * taken["amount"]).groupby(taken["buyer_id"]).sum() for name in ("terms", "taken")}
    return {
        "promised_terms_days_365d": _mean(taken, "terms"),
        "taken_terms_days_365d": _mean(taken, "taken"),
        "taken_over_promised_365d": days["taken"] / days["terms"].replace(0, np.nan),
    }


def _volume(known: _Known, ids: pd.Index) -> Frame:
    orders = known.orders
    found: dict[str, Column] = {}
    amounts: dict[int, Column] = {}
    for days in (30, 90, 365):
        rows = orders[orders["age"] < days]
        found[f"orders_{days}d"] = _count(rows).reindex(ids).fillna(0)
        amounts[days] = rows.groupby("buyer_id")["amount"].sum().reindex(ids).fillna(0)
        found[f"amount_usd_cents_{days}d"] = amounts[days]
    recent, year = orders[orders["age"] < 90], orders[orders["age"] < 365]
    found["orders_ever"] = _count(orders)
    found["amount_usd_cents_ever"] = orders.groupby("buyer_id")["amount"].sum()
    found["growth_90d"] = _against(amounts[90] / 90, (amounts[365] - amounts[90]) / 275)
    found["mean_order_usd_cents_365d"] = year.groupby("buyer_id")["amount"].mean()
    largest_paid = orders[orders["settled"]].groupby("buyer_id")["amount"].max().reindex(ids).fillna(0)
    largest_open = orders[~orders["settled"]].groupby("buyer_id")["amount"].max()
    found["open_order_against_largest_paid"] = _against(largest_open, largest_paid)
    found["order_against_largest_paid_90d"] = _against(recent.groupby("buyer_id")["amount"].max(), largest_paid)
    found["days_since_order"] = orders.groupby("buyer_id")["age"].min()
    ages = year.groupby("buyer_id")["age"]
    found["order_gap_days_365d"] = (ages.max() - ages.min()) / (_count(year) - 1).replace(0, np.nan)
    found["terms_days_90d"] = _mean(recent, "terms")
    found["terms_days_trend"] = found["terms_days_90d"] - _mean(year[year["age"] >= 90], "terms")
    found["longest_terms_days_90d"] = recent.groupby("buyer_id")["terms"].max()
    return pd.DataFrame(found)


def _bustout(known: _Known, ids: pd.Index) -> Frame:
    orders = known.orders
    busy = orders[~orders["settled"] | (orders[["age", "due_age", "paid_age"]].min(axis=1) < 365)]
    met = busy.groupby(["buyer_id", "exporter_id"])["age"].max().rename("met").reset_index()
    is_open = orders[~orders["settled"]].merge(met, on=["buyer_id", "exporter_id"])
    total = is_open.groupby("buyer_id")["open"].sum()
    month = orders[orders["age"] < 30]
    spent = month.groupby("buyer_id")["amount"].sum().reindex(ids).fillna(0)
    quarter = orders[orders["age"] < 90].groupby("buyer_id")["amount"].sum()
    settled = orders[orders["settled"]].groupby("buyer_id")["amount"].sum().reindex(ids).fillna(0)

    def share(rows: Frame) -> Column:
        return rows.groupby("buyer_id")["open"].sum().reindex(ids).fillna(0) / total.replace(0, np.nan)

    found = {
        "new_exporters_7d": _count(met[met["met"] < 7]).reindex(ids).fillna(0),
        "new_exporters_30d": _count(met[met["met"] < 30]).reindex(ids).fillna(0),
        "new_exporters_per_week_90d": _count(met[met["met"] < 90]).reindex(ids).fillna(0) * 7 / 90,
        "new_exporter_open_share": share(is_open[is_open["met"] < 30]),
        "recent_open_share": share(is_open[is_open["age"] < 30]),
        "open_against_paid": _against(total.reindex(ids).fillna(0), settled),
        "open_exporters": is_open.groupby("buyer_id")["exporter_id"].nunique().reindex(ids).fillna(0),
        "exporters_30d": month.groupby("buyer_id")["exporter_id"].nunique().reindex(ids).fillna(0),
        "acceleration_30d": _against(spent / 30, (quarter - spent) / 60),
    }
    festival = next_spring_festival(known.day.date())
    return pd.DataFrame(found).assign(days_to_spring_festival=(festival - known.day.date()) / timedelta(days=1))


def _exporters(known: _Known, peers: _Peers) -> Frame:
    year = known.orders[known.orders["age"] < 365]
    pairs = year.groupby(["buyer_id", "exporter_id"])["amount"].agg(orders="size", amount="sum").reset_index()
    own = (
        peers.year.reindex(pd.MultiIndex.from_frame(pairs[["buyer_id", "exporter_id"]]))
        .fillna(0)
        .reset_index(drop=True)
    )
    whole = peers.year.groupby("exporter_id").sum().reindex(pairs["exporter_id"]).fillna(0).reset_index(drop=True)
    elsewhere = whole - own
    shares = peers.shares.loc[pairs["buyer_id"]].reset_index(drop=True)
    by = pairs.groupby("buyer_id")
    found: dict[str, Column] = {"exporters_365d": by.size().reindex(peers.shares.index).fillna(0)}
    for trouble, name in (("late", "late"), ("disputes", "dispute"), ("claims", "claim")):
        share = (elsewhere[trouble] + 20 * shares[f"book_{trouble}"]) / (elsewhere["due"] + 20)
        weighted = (share * pairs["orders"]).groupby(pairs["buyer_id"]).sum()
        found[f"exporters_{name}_share_elsewhere"] = weighted / by["orders"].sum()
    part = pairs["amount"] / by["amount"].transform("sum").replace(0, np.nan)
    found["exporter_concentration_365d"] = (part**2).groupby(pairs["buyer_id"]).sum(min_count=1)
    found["top_exporter_share_365d"] = part.groupby(pairs["buyer_id"]).max()
    return pd.DataFrame(found)


def _claims(known: _Known, peers: _Peers) -> Frame:
    claims, notices, shares = known.claims, known.notices, peers.shares
    year, documents = claims[claims["age"] < 365], ["has_orders", "has_customs", "has_communications"]
    accepted = claims[claims["outcome"] == "accepted"]
    noticed = _count(notices[notices["age"] < 365]).reindex(shares.index).fillna(0)
    number = _count(claims).reindex(shares.index).fillna(0)
    concluded = _count(known.orders[known.orders["concluded"]]).reindex(shares.index).fillna(0)
    counts = {
        "notices_365d": noticed,
        "claims_ever": number,
        "claims_365d": _count(year),
        "claims_undecided": _count(claims[claims["outcome"].isna()]),
        "claims_accepted_ever": _count(accepted),
        "claims_refused_ever": _count(claims[claims["outcome"].isin(["rejected", "withdrawn"])]),
        "claimed_usd_cents_ever": claims.groupby("buyer_id")["loss"].sum(),
    }
    counts = {name: count.reindex(shares.index).fillna(0) for name, count in counts.items()}
    recovered, lost = accepted.groupby("buyer_id")["recovered"].sum(), accepted.groupby("buyer_id")["loss"].sum()
    rest = {
        "notice_share_365d": (noticed + 10 * shares["book_notices"]) / (peers.own["due"] + 10),
        "days_since_notice": notices.groupby("buyer_id")["age"].min(),
        "claim_share_ever": (number + 10 * shares["book_claims"]) / (concluded + 10),
        "days_since_claim": claims.groupby("buyer_id")["age"].min(),
        "recovered_share_ever": recovered / lost.replace(0, np.nan),
        "documented_claim_share": claims[documents].all(axis=1).groupby(claims["buyer_id"]).mean(),
    }
    return pd.DataFrame(counts | rest)


def _country(known: _Known, peers: _Peers) -> Frame:
    rows = known.country_risk[known.country_risk["effective_from"] <= known.day].sort_values("effective_from")
    by = rows.groupby("country")
    now = rows.drop_duplicates("country", keep="last").set_index("country")
    before = by.nth(-2).set_index("country")
    changed = known.ages(now["effective_from"]).where(by.size() > 1)
    country = peers.shares["country"]
    risk_class = now["risk_class"].astype(float)
    return pd.DataFrame(
        {
            "country_risk_class": country.map(risk_class),
            "country_risk_change": country.map(risk_class - before["risk_class"].astype(float)),
            "days_since_country_risk_change": country.map(changed),
            "country_late_share_365d": peers.shares["late"],
            "country_serious_late_share_365d": peers.shares["serious"],
        }
    )


def _standing(known: _Known, ids: pd.Index) -> Frame:
    names = known.buyers.groupby("buyer_id")
    return pd.DataFrame(
        {
            "tenure_days": known.orders.groupby("buyer_id")["age"].max(),
            "registration_known": names["registration_no"].count().gt(0).astype(float).reindex(ids).fillna(0),
            "name_variants": names["name"].nunique().reindex(ids).fillna(0),
        }
    )
