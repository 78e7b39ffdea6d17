-- The past year of an exporter with all its buyers; see `pair_days`.
SELECT
    day,
    exporter_no,
    SUM(due) AS due,
    SUM(late) AS late,
    SUM(disputes) AS disputes,
    SUM(claims) AS claims
FROM pair_days
GROUP BY day, exporter_no
