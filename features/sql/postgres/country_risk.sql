-- The classes of the countries that the buyer was said to be in.
SELECT * FROM book.country_risk WHERE recorded_at < %(end)s AND country IN (SELECT country FROM buyers)
