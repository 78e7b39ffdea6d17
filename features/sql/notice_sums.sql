-- Overdue notices on a buyer: those of the past year, and how long ago the last was.
SELECT seat, COUNT(*) FILTER (WHERE reported_age < 365) AS notices_365, MIN(reported_age) AS last_age
FROM notice_days
GROUP BY seat
