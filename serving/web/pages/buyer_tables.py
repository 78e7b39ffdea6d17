"""The tables of a buyer's page: exposure by exporter, covers, orders, notices, claims, names."""

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from features.money import Money
from features.rates import usd_rate
from serving.buyers.dossier import Dossier
from serving.web.languages import untranslated as _
from serving.web.tables import Column, Row, Table


def cover_link(row: Row) -> str:
    """Lead from a row to its cover's page."""
    return f"/covers/{row['cover_id']}"


def exporter_link(row: Row) -> str:
    """Lead from a row to its exporter's page."""
    return f"/exporters/{quote(row['exporter_id'], safe='')}"


def order_link(row: Row) -> str:
    """Lead from a row to its order's page."""
    return f"/orders/{quote(row['order_id'], safe='')}"


def claim_link(row: Row) -> str:
    """Lead from a row to its claim's page."""
    return f"/claims/{quote(row['claim_id'], safe='')}"


_ROWS = 10  # of a page: each table is one of several

_EXPORTERS = (
    Column("exporter", _("Exporter"), link=exporter_link),
    Column("covers", _("Covers"), "number"),
    Column("cents", _("Exposure"), "usd"),
    Column("share", _("Share"), "share"),
)
_COVERS = (
    Column("order_id", _("Order"), "id", cover_link),
    Column("exporter", _("Exporter"), link=exporter_link),
    Column("decided_at", _("Covered at"), "instant"),
    Column("due_on", _("Due"), "day"),
    Column("covered_cents", _("Covered"), "usd"),
    Column("exposure_cents", _("Exposure"), "usd"),
)
_ORDERS = (
    Column("order_id", _("Order"), "id", order_link),
    Column("exporter", _("Exporter"), link=exporter_link),
    Column("ordered_on", _("Ordered"), "day"),
    Column("due_on", _("Due"), "day"),
    Column("paid_on", _("Last paid"), "day"),
    Column("days_late", _("Days late"), "number"),
    Column("cents", _("Amount"), "usd"),
    Column("owed_cents", _("Owed"), "usd"),
)
_NOTICES = (
    Column("reported_on", _("Reported"), "day"),
    Column("order_id", _("Order"), "id", order_link),
    Column("exporter_id", _("Exporter"), link=exporter_link),
    Column("cents", _("Overdue"), "usd"),
)
_CLAIMS = (
    Column("claim_id", _("Claim"), "id", claim_link),
    Column("order_id", _("Order"), "id", order_link),
    Column("exporter_id", _("Exporter"), link=exporter_link),
    Column("filed_on", _("Filed"), "day"),
    Column("documents", _("Documents of 3"), "number"),
    Column("outcome", _("Outcome"), "word"),
    Column("loss_cents", _("Loss"), "usd"),
    Column("compensated_cents", _("Compensated"), "usd"),
    Column("recovered_cents", _("Recovered"), "usd"),
)
_NAMES = (
    Column("name", _("Name")),
    Column("buyer_id", _("Id")),
    Column("country", _("Country"), "country"),
    Column("registration_no", _("Registration no.")),
    Column("recorded_at", _("Recorded"), "instant"),
)


def tables_of(known: Dossier) -> dict[str, Table]:
    """Give every table of the page by name."""
    total = sum(row["cents"] for row in known.exposure_by_exporter)
    exporters = [row | {"share": row["cents"] / total} for row in known.exposure_by_exporter]
    covers = [asdict(each) | {"exporter": each.exporter or each.exporter_id} for each in known.covers]
    return {
        "exporters": Table("exporters", _EXPORTERS, exporters, "-cents", _ROWS),
        "covers": Table("covers", _COVERS, covers, "-decided_at", _ROWS),
        "orders": Table("orders", _ORDERS, _orders(known), "-ordered_on", _ROWS),
        "notices": Table("notices", _NOTICES, _notices(known), "-reported_on", _ROWS),
        "claims": Table("claims", _CLAIMS, _claims(known), "-filed_on", _ROWS),
        "names": Table("names", _NAMES, [asdict(each) for each in known.versions], "-recorded_at", _ROWS),
    }


def _orders(known: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "order_id": each.order_id,
            "exporter_id": each.exporter_id,
            "exporter": each.exporter or each.exporter_id,
            "ordered_on": each.ordered_on,
            "due_on": each.due_on,
            "paid_on": each.paid_on,
            "days_late": each.days_late(known.as_of),
            "cents": each.cents,
            "owed_cents": each.owed_cents,
        }
        for each in known.trade.orders
    ]


def _notices(known: Dossier) -> list[dict[str, Any]]:
    return [asdict(each) | {"cents": each.cents} for each in known.trade.notices]


def _claims(known: Dossier) -> list[dict[str, Any]]:
    rows = []
    for each in known.trade.claims:
        rate = usd_rate(each.currency, each.filed_on)
        amounts = {"loss": each.loss_minor, "compensated": each.compensated_minor, "recovered": each.recovered_minor}
        cents = {
            f"{name}_cents": None if minor is None else rate.to_usd(Money(minor, each.currency)).minor
            for name, minor in amounts.items()
        }
        documents = each.has_orders + each.has_customs + each.has_communications
        rows.append(asdict(each) | cents | {"documents": documents, "outcome": each.outcome or "waiting"})
    return rows
