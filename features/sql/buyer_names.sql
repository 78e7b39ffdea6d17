-- Who the buyer was said to be by the end of each day: its country and the spellings of its name.
-- The row recorded last names the country; of rows recorded at once the first in the order of their content.
SELECT
    seat,
    MAX(CASE WHEN newest = 1 THEN country END) AS country,
    COUNT(DISTINCT name) AS names,
    MAX(CASE WHEN registration_no IS NULL THEN 0 ELSE 1 END) AS registration_known
FROM (
    SELECT
        k.buyer_no * 65536 + d.day AS seat,
        b.name,
        b.country,
        b.registration_no,
        ROW_NUMBER() OVER (PARTITION BY k.buyer_no, d.day ORDER BY b.recorded_at DESC, b.country, b.name) AS newest
    FROM buyers AS b
    JOIN buyer_keys AS k ON k.buyer_id = b.buyer_id
    JOIN days AS d ON CAST(FLOOR(EPOCH(b.recorded_at) / 86400) AS INT) <= d.day
) AS known
GROUP BY seat
