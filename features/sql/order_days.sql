-- Orders as they stood at the end of each day asked for, as long as some window still looks at them.
-- `stays` is true on the first day asked for on which a settled order is seen that never changes again: it enters the
-- figures "ever" there and stays in them. It is false on rows that count in those figures on their own day only, and
-- NULL where the order is in them already. Ages are days before the end of the day asked for; an age below zero lies in
-- the future. `settled` and `in_parts` are 1 or 0, for flags are multiplied: engines add whole columns with less work
-- than rows chosen for each sum.
SELECT
    buyer_no * 65536 + day AS seat,
    exporter_no,
    amount_usd,
    CASE WHEN settled THEN 1 ELSE 0 END AS settled,
    CASE WHEN NOT settled OR until_day < 99999999 THEN FALSE WHEN settled_from > after_day THEN TRUE END AS stays,
    CASE WHEN paid THEN in_parts ELSE 0 END AS in_parts,
    day - ordered_day AS ordered_age,
    day - due_day AS due_age,
    CASE WHEN paid THEN day - paid_day END AS paid_age,
    GREATEST(0, CASE WHEN settled THEN paid_day ELSE day END - due_day) AS days_late,
    CASE WHEN settled THEN 0 WHEN paid THEN amount_usd - paid_usd ELSE amount_usd END AS open_usd
FROM (
    SELECT
        s.*,
        d.day,
        d.after_day,
        d.day >= s.counted_day AS paid,
        d.day >= s.settled_from AS settled
    FROM order_steps AS s
    JOIN days AS d
        ON d.day >= s.from_day
        AND d.day < s.until_day
        AND (d.day < s.quiet_day OR s.settled_from > d.after_day)
) AS seen
