"""The canonical tables: one definition that reader, database check, importer and reference page follow.

A row that changes is not overwritten: it comes again under the same key with its own `recorded_at`,
and a snapshot sees the newest version that was recorded by then.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa

from features.book.kinds import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical column: what it holds, in which unit, and whether a book may come without it."""

    name: str
    kind_name: str
    meaning: str
    required: bool = True

    @property
    def kind(self) -> Kind:
        """The kind of value, from `KINDS`."""
        return KINDS[self.kind_name]

    def column(self) -> pandera.Column:
        """Give the pandera column, its unit and meaning in the metadata."""
        return pandera.Column(
            pd.ArrowDtype(self.kind.arrow),
            checks=self.kind.rule,
            nullable=not self.required,
            description=self.meaning,
            metadata={"unit": self.kind.unit, "kind": self.kind_name},
        )


@dataclass(frozen=True)
class Table:
    """One canonical table: its key, its columns, and what one row is.

    Attributes:
        key: the columns that name the thing; with `recorded_at` they name one version of it.
        required: whether a book must have the table (only orders are needed to learn something).
        names: whether rows are names as somebody typed them, so that two may be recorded at once.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    required: bool = False
    names: bool = False

    @cached_property
    def schema(self) -> pandera.DataFrameSchema:
        """The pandera schema of the table as a frame."""
        return pandera.DataFrameSchema(
            {field.name: field.column() for field in self.fields},
            name=self.name,
            description=self.meaning,
            strict=True,
            ordered=True,
        )

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema, as Parquet files of the book have it."""
        return pa.schema([pa.field(field.name, field.kind.arrow, nullable=not field.required) for field in self.fields])

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Find a column by name."""
        return next(field for field in self.fields if field.name == name)


_RECORDED = Field("recorded_at", "instant", "when the platform learned this, not when it happened")
_ORDER_ID = Field("order_id", "id", "the order")
_CURRENCY = Field("currency", "currency", "currency of the amounts in this row")

EXPORTERS = Table(
    "exporters",
    "The insured merchants.",
    ("exporter_id",),
    (
        Field("exporter_id", "id", "the exporter"),
        Field("name", "text", "name as registered"),
        Field("registered_on", "day", "day the exporter joined the platform"),
        _RECORDED,
    ),
    names=True,
)
BUYERS = Table(
    "buyers",
    "The overseas debtors, under every name they were entered with.",
    ("buyer_id",),
    (
        Field("buyer_id", "id", "the buyer"),
        Field("name", "text", "name as entered; a new spelling is a new version"),
        Field("country", "country", "country of the buyer; ZZ where the source does not say"),
        Field("registration_no", "id", "company registration number", required=False),
        _RECORDED,
    ),
    names=True,
)
ORDERS = Table(
    "orders",
    "Sales on credit: one order of one buyer from one exporter.",
    ("order_id",),
    (
        _ORDER_ID,
        Field("exporter_id", "id", "the seller"),
        Field("buyer_id", "id", "the debtor"),
        Field("ordered_on", "day", "day of the order"),
        Field("shipped_on", "day", "day of shipment", required=False),
        Field("due_on", "day", "day by which it is to be paid"),
        Field("amount_minor", "positive_minor", "amount of the order"),
        _CURRENCY,
        Field("category", "text", "category of goods", required=False),
        Field("customs_no", "id", "customs declaration number", required=False),
        _RECORDED,
    ),
    required=True,
)
PAYMENTS = Table(
    "payments",
    "Money received on orders; one order may have several.",
    ("payment_id",),
    (
        Field("payment_id", "id", "the payment"),
        _ORDER_ID,
        Field("paid_on", "day", "day the money arrived"),
        Field("amount_minor", "positive_minor", "amount received"),
        _CURRENCY,
        _RECORDED,
    ),
)
OVERDUE_NOTICES = Table(
    "overdue_notices",
    "Exporters' reports that an order is unpaid after its due date.",
    ("order_id", "reported_on"),
    (
        _ORDER_ID,
        Field("reported_on", "day", "day of the report"),
        Field("amount_minor", "positive_minor", "amount still owed"),
        _CURRENCY,
        _RECORDED,
    ),
)
CLAIMS = Table(
    "claims",
    "Claims under the programme; a decision is a new version of the claim.",
    ("claim_id",),
    (
        Field("claim_id", "id", "the claim"),
        _ORDER_ID,
        Field("filed_on", "day", "day the claim was filed"),
        Field("loss_minor", "minor", "loss claimed"),
        _CURRENCY,
        Field("has_orders", "flag", "order documents are complete"),
        Field("has_customs", "flag", "customs records are complete"),
        Field("has_communications", "flag", "communication logs are complete"),
        Field("decided_on", "day", "day of the decision", required=False),
        Field("outcome", "outcome", "what was decided", required=False),
        Field("compensated_minor", "minor", "compensation paid to the exporter", required=False),
        Field("recovered_minor", "minor", "recovered from the buyer so far", required=False),
        _RECORDED,
    ),
)
COUNTRY_RISK = Table(
    "country_risk",
    "OECD country risk classes by the day from which they hold.",
    ("country", "effective_from"),
    (
        Field("country", "country", "the country"),
        Field("effective_from", "day", "first day of the class"),
        Field("risk_class", "risk_class", "0 is best, 7 worst; empty where unclassified", required=False),
        _RECORDED,
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (EXPORTERS, BUYERS, ORDERS, PAYMENTS, OVERDUE_NOTICES, CLAIMS, COUNTRY_RISK)
}
