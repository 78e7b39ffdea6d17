-- The newest version of each row as recorded by the training day; nothing later is looked at.
-- usd_cents_per_minor is the ECB rate of the order's day, for the order and for whatever is paid on it;
-- an order dated after the training day has none yet and is left out, every other amount has one.
CREATE OR REPLACE TEMP TABLE known_orders AS
SELECT newest.*, rate.usd_cents_per_minor AS rate, CAST(round(newest.amount_minor * rate.usd_cents_per_minor) AS BIGINT) AS usd_cents
FROM (
    SELECT * FROM orders WHERE recorded_at < $end
    QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY recorded_at DESC) = 1
) AS newest
JOIN usd_rates AS rate ON rate.currency = newest.currency AND rate.day = newest.ordered_on
WHERE newest.ordered_on < CAST($end AS DATE);

CREATE OR REPLACE TEMP TABLE known_payments AS
SELECT * FROM payments WHERE recorded_at < $end
QUALIFY row_number() OVER (PARTITION BY payment_id ORDER BY recorded_at DESC) = 1;

CREATE OR REPLACE TEMP TABLE known_claims AS
SELECT * FROM claims WHERE recorded_at < $end
QUALIFY row_number() OVER (PARTITION BY claim_id ORDER BY recorded_at DESC) = 1;
