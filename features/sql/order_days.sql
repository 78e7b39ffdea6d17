-- Orders as they stood at the end of each day asked for, as long as some window still looks at them.
-- `lasting` marks the first day asked for on which a settled order is seen that never changes again: it enters
-- the figures "ever" there and stays in them. `passing` rows count in those figures on their own day only.
-- `recent` is false on rows that are here only to enter. Ages are days before the end of the day asked for; an age
-- below zero lies in the future.
SELECT
    buyer_no * 65536 + day AS seat,
    exporter_no,
    amount_usd,
    settled,
    settled AND until_day = 99999999 AND settled_from > after_day AS lasting,
    NOT (settled AND until_day = 99999999) AS passing,
    day < quiet_day AS recent,
    paid AND (payments > 1 OR NOT settled) AS in_parts,
    day - ordered_day AS ordered_age,
    day - due_day AS due_age,
    CASE WHEN paid THEN day - paid_day END AS paid_age,
    CASE WHEN settled THEN GREATEST(0, paid_day - due_day) ELSE GREATEST(0, day - due_day) END AS days_late,
    CASE WHEN settled THEN 0 WHEN paid THEN amount_usd - paid_usd ELSE amount_usd END AS open_usd
FROM (
    SELECT
        s.*,
        d.day,
        d.after_day,
        d.day >= s.counted_day AND s.payments > 0 AS paid,
        d.day >= s.settled_from AS settled
    FROM order_steps AS s
    JOIN days AS d
        ON d.day >= s.from_day
        AND d.day < s.until_day
        AND (d.day < s.quiet_day OR s.until_day < 99999999 OR s.settled_from > d.after_day)
) AS seen
