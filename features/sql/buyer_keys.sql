-- A number for each buyer with an order, in the order of their ids. A buyer's number and a day make its `seat` on that
-- day (number * 65536 + day, days counted from 1970-01-01): the one key by which figures of buyers meet.
SELECT buyer_id, CAST(ROW_NUMBER() OVER (ORDER BY buyer_id) AS BIGINT) AS buyer_no
FROM (SELECT DISTINCT buyer_id FROM orders) AS met
