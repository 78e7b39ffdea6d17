-- name: refresh_directory
-- Enter every buyer of the book with the country of its newest version; whom it is taken to be stays as it is.
INSERT INTO ledger.directory (buyer_id, identity_id, country)
SELECT DISTINCT ON (b.buyer_id) b.buyer_id, b.buyer_id, b.country
FROM book.buyers b ORDER BY b.buyer_id, b.recorded_at DESC, b.name
ON CONFLICT (buyer_id) DO UPDATE SET country = excluded.country WHERE directory.country <> excluded.country

-- name: refresh_relations
-- Enter since when each exporter has sold to each identity.
INSERT INTO ledger.relations (identity_id, exporter_id, first_on)
SELECT coalesce(d.identity_id, o.buyer_id), o.exporter_id, min(o.ordered_on)
FROM book.orders o LEFT JOIN ledger.directory d ON d.buyer_id = o.buyer_id
GROUP BY 1, 2
ON CONFLICT (identity_id, exporter_id) DO UPDATE SET first_on = least(relations.first_on, excluded.first_on)
WHERE excluded.first_on < relations.first_on

-- name: order_days
-- Currencies of the book's orders, with the first and last day on which each was used.
SELECT currency, min(ordered_on), max(ordered_on) FROM book.orders GROUP BY currency ORDER BY currency

-- name: rates_table
-- Make the table into which the reference rates of the book's days are put for this transaction.
CREATE TEMP TABLE used_rates (currency text, day date, usd_cents_per_minor numeric(18, 12)) ON COMMIT DROP

-- name: refresh_largest_paid
-- Enter the largest order that each identity has paid in full, in US cents at the rate of the order's day.
INSERT INTO ledger.buyer_exposures (identity_id, largest_paid_cents)
SELECT coalesce(d.identity_id, o.buyer_id) COLLATE "C" AS id,
    max(round(o.amount_minor * CASE o.currency WHEN 'USD' THEN 1 ELSE r.usd_cents_per_minor END))::bigint
FROM (SELECT DISTINCT ON (order_id) * FROM book.orders ORDER BY order_id, recorded_at DESC) o
JOIN (
    SELECT order_id, currency, sum(amount_minor) AS paid_minor
    FROM (SELECT DISTINCT ON (payment_id) * FROM book.payments ORDER BY payment_id, recorded_at DESC) newest
    GROUP BY order_id, currency
) p ON p.order_id = o.order_id AND p.currency = o.currency AND p.paid_minor >= o.amount_minor
LEFT JOIN ledger.directory d ON d.buyer_id = o.buyer_id
LEFT JOIN used_rates r ON r.currency = o.currency AND r.day = o.ordered_on
WHERE o.currency = 'USD' OR r.currency IS NOT NULL
GROUP BY id ORDER BY id
ON CONFLICT (identity_id) DO UPDATE SET largest_paid_cents = excluded.largest_paid_cents
WHERE excluded.largest_paid_cents > buyer_exposures.largest_paid_cents

-- name: book_columns
-- The columns of the book's tables as the database has them.
SELECT table_name, column_name, data_type, is_nullable = 'NO'
FROM information_schema.columns WHERE table_schema = 'book' ORDER BY table_name, ordinal_position

-- name: keep_lateness
-- Add up by country which of the orders that fell due from `since` to `last`, and from `first` to `since`, were paid in
-- full within `grace` days, as known before `until`; the newest version of each row counts, under the buyer's newest name.
INSERT INTO peers.lateness (country, due, late, due_before, late_before)
SELECT coalesce(n.country, 'ZZ'),
    count(*) FILTER (WHERE NOT o.is_before), count(*) FILTER (WHERE NOT o.is_before AND o.is_late),
    count(*) FILTER (WHERE o.is_before), count(*) FILTER (WHERE o.is_before AND o.is_late)
FROM (
    SELECT v.buyer_id, v.due_on <= %(since)s AS is_before, v.amount_minor > coalesce((
        SELECT sum(p.amount_minor) FROM (
            SELECT DISTINCT ON (w.payment_id) w.amount_minor, w.currency, w.paid_on FROM book.payments w
            WHERE w.order_id = v.order_id AND w.recorded_at < %(until)s ORDER BY w.payment_id, w.recorded_at DESC
        ) p WHERE p.currency = v.currency AND p.paid_on <= v.due_on + %(grace)s::int
    ), 0) AS is_late
    FROM (
        SELECT DISTINCT ON (order_id) order_id, buyer_id, due_on, amount_minor, currency FROM book.orders
        WHERE recorded_at < %(until)s ORDER BY order_id, recorded_at DESC
    ) v
    WHERE v.due_on > %(first)s AND v.due_on <= %(last)s
) o
LEFT JOIN (
    SELECT DISTINCT ON (buyer_id) buyer_id, country FROM book.buyers
    WHERE recorded_at < %(until)s ORDER BY buyer_id, recorded_at DESC, name
) n USING (buyer_id)
GROUP BY 1
