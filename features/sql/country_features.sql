-- The buyer's country: its OECD class and last change, and how the country's other buyers paid over the past year.
SELECT
    k.seat,
    CAST(c.risk_class AS BIGINT) AS country_risk_class,
    CAST(c.risk_class - c.earlier_class AS BIGINT) AS country_risk_change,
    CAST(c.change_age AS BIGINT) AS days_since_country_risk_change,
    k.late_share AS country_late_share_365d,
    k.serious_share AS country_serious_late_share_365d
FROM peers AS k
LEFT JOIN country_classes AS c ON c.country = k.country AND c.day = k.day
