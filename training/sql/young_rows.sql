-- How many buyers traded in the horizon after each day, whether their outcomes are final or not.
SELECT count(DISTINCT (days.as_of, outcomes.buyer_id))
FROM days
JOIN outcomes ON outcomes.ordered_on > days.as_of AND outcomes.ordered_on <= days.as_of + CAST($horizon_days AS INTEGER)
