-- The past year of an exporter with all its buyers; see `pair_record`.
SELECT
    day,
    exporter_id,
    CAST(SUM(due) AS BIGINT) AS due,
    CAST(SUM(late) AS BIGINT) AS late,
    CAST(SUM(disputes) AS BIGINT) AS disputes,
    CAST(SUM(claims) AS BIGINT) AS claims
FROM pair_record
GROUP BY day, exporter_id
