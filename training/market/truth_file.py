"""`truth.parquet`: one row a buyer and month's end, apart from the book. Nothing but judging reads it."""

import pyarrow as pa

from training.market.recording import identifiers
from training.market.streams import Ints

NAME = "truth"
_IN_BLOCK = 10_000


def _field(name: str, kind: pa.DataType, unit: str, meaning: str, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable, metadata={"unit": unit, "meaning": meaning})


SCHEMA = pa.schema(
    [
        _field("buyer_id", pa.string(), "identifier", "the buyer, as in the book"),
        _field("as_of", pa.date32(), "day", "a month's last day"),
        _field("horizon_days", pa.int16(), "days", "length of the horizon, which begins on the next day"),
        _field(
            "pd", pa.float64(), "probability",
            "that an order placed in the horizon defaults; who places none does not default",
        ),
        _field(
            "p_order", pa.float64(), "probability",
            "of any order in the horizon; pd / p_order is the probability of default of a buyer who orders",
        ),
        _field(
            "expected_loss_minor", pa.int64(), "US cents",
            "expected amount never paid on credit orders of the horizon, as large as they would be without limits",
        ),
        _field(
            "lgd", pa.float64(), "share",
            "expected share never paid of the amount that defaults; empty where nothing can", nullable=True,
        ),
        _field("state", pa.string(), "name", "the owner's latent state at the month's end"),
        _field("in_shock", pa.bool_(), "true or false", "whether a shock is on in the owner's country"),
        _field("frailty", pa.float64(), "factor", "what the owner's hazard is multiplied by, always"),
        _field("owner_id", pa.string(), "identifier", "who is behind the buyer"),
    ]
)  # fmt: skip


def owner_ids(owner: Ints, place: int) -> pa.Array:
    """Write the identifiers of a block's owners."""
    return identifiers("W", place * _IN_BLOCK + owner, 8)
