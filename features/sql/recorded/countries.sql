-- `country_record` as it is.
SELECT day, country, due, late, serious, disputes, claims, notices FROM country_record
