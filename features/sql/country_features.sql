-- The buyer's country: its OECD class and last change, and how the country's other buyers paid over the past year.
SELECT
    e.seat,
    CAST(o.risk_class AS BIGINT) AS country_risk_class,
    CAST(o.risk_class - o.earlier_class AS BIGINT) AS country_risk_change,
    CAST(o.change_age AS BIGINT) AS days_since_country_risk_change,
    k.late_share AS country_late_share_365d,
    k.serious_share AS country_serious_late_share_365d
FROM buyer_ever AS e
JOIN peers AS k ON k.seat = e.seat
LEFT JOIN country_classes AS o ON o.country = k.country AND o.day = e.day
