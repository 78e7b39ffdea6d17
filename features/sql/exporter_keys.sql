-- A number for each exporter with an order.
SELECT exporter_id, CAST(ROW_NUMBER() OVER (ORDER BY exporter_id) AS INT) AS exporter_no
FROM (SELECT DISTINCT exporter_id FROM orders) AS met
