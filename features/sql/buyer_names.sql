-- Who the buyer was said to be by the end of each day: its country and the spellings of its name.
-- The row recorded last names the country, from `known_day` until the next row's day; of rows recorded at once the first
-- in the order of their content. A spelling counts from the row that brought it.
SELECT
    b.buyer_no * 65536 + d.day AS seat,
    MAX(CASE WHEN d.day < b.next_day THEN b.country END) AS country,
    SUM(b.is_new_name) AS names,
    MAX(b.is_registered) AS registration_known
FROM (
    SELECT
        buyer_no,
        country,
        known_day,
        LEAD(known_day, 1, 99999999) OVER (
            PARTITION BY buyer_no ORDER BY recorded_at, country DESC NULLS FIRST, name DESC NULLS FIRST
        ) AS next_day,
        CASE
            WHEN name IS NULL THEN 0
            WHEN ROW_NUMBER() OVER (PARTITION BY buyer_no, name ORDER BY recorded_at) = 1 THEN 1
            ELSE 0
        END AS is_new_name,
        CASE WHEN registration_no IS NULL THEN 0 ELSE 1 END AS is_registered
    FROM (
        SELECT k.buyer_no, b.*, CAST(FLOOR(EPOCH(b.recorded_at) / 86400) AS INT) AS known_day
        FROM buyers AS b
        JOIN buyer_keys AS k ON k.buyer_id = b.buyer_id
    ) AS dated
) AS b
JOIN days AS d ON d.day >= b.known_day
GROUP BY b.buyer_no * 65536 + d.day
