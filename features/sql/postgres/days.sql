-- The day asked for.
SELECT
    %(as_of)s::date AS as_of, %(day)s::int AS day, %(after_day)s::int AS after_day, %(festival_day)s::int AS festival_day
