"""What a market came to, counted from what was written, so that it can be held against the reported figures."""

from pathlib import Path
from typing import Any

from features.book.folder import connect, open_book
from features.rates import usd_rates
from training.market import truth_file
from training.market.parameters import Parameters

# As the programme's report gives them for 2024; the loss a claim is about 365,000 yuan.
REPORTED_2024 = {"claims": 219, "loss_per_claim_usd_cents": 5_000_000, "recovered_share": 0.41}

# The newest version of each claim, in US cents at the rate of the day it was filed. What came back of a loss is what
# the buyer paid after the filing, and what was recovered once the claim was accepted.
_CLAIMS = """
    WITH newest AS (
        SELECT * FROM claims QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY recorded_at DESC) = 1
    ),
    back AS (
        SELECT claim_id, sum(payments.amount_minor) AS paid_minor
        FROM newest JOIN payments ON payments.order_id = newest.order_id AND payments.paid_on > newest.filed_on
        GROUP BY claim_id
    )
    SELECT year(filed_on), count(*),
           CAST(round(sum(loss_minor * usd_cents_per_minor) / count(*)) AS BIGINT),
           CAST(sum((recovered_minor + coalesce(paid_minor, 0)) * usd_cents_per_minor)
               / sum(loss_minor * usd_cents_per_minor) AS DOUBLE)
    FROM newest LEFT JOIN back USING (claim_id)
    JOIN rates ON rates.currency = newest.currency AND rates.day = newest.filed_on
    GROUP BY ALL ORDER BY ALL
"""
_ORDERS = "SELECT count(DISTINCT order_id) / count(DISTINCT (buyer_id, year(ordered_on))) FROM orders"
_TRUTH = "SELECT sum(pd) / sum(p_order) FROM read_parquet($file)"


def figures(folder: Path, parameters: Parameters, buyers: int) -> dict[str, Any]:
    """Count claims, losses and recoveries by the year of filing, and tell the scale beside the programme.

    Returns:
        `programmes`: how many programmes the market is meant to be; `orders_a_buyer_year`, over buyers who order;
        `default_probability`: mean over month ends, of a buyer who orders in the horizon; `claims` by year, with the
        share of their losses that came back.
    """
    with connect() as connection:
        open_book(folder, connection)
        spans = connection.execute("SELECT currency, min(filed_on), max(filed_on) FROM claims GROUP BY ALL").fetchall()
        if spans:
            firsts, lasts = [span[1] for span in spans], [span[2] for span in spans]
            connection.register("rates", usd_rates([span[0] for span in spans], min(firsts), max(lasts)))
        claims = connection.execute(_CLAIMS).fetchall() if spans else []
        (orders,) = connection.execute(_ORDERS).fetchall()[0]
        truth = str(folder / f"{truth_file.NAME}.parquet")
        (probability,) = connection.execute(_TRUTH, {"file": truth}).fetchall()[0]
    return {
        "programmes": buyers / parameters.buyers_per_programme,
        "orders_a_buyer_year": orders,
        "default_probability": probability,
        "claims": {
            str(year): {"claims": count, "loss_per_claim_usd_cents": loss, "recovered_share": recovered}
            for year, count, loss, recovered in claims
        },
        "reported_2024": REPORTED_2024,
    }
