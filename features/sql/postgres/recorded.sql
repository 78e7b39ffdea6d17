-- The newest records of other buyers that the day may know of.
SELECT MAX(day) AS day FROM peers.book WHERE day <= %(day)s
