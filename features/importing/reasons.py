"""Why a row is rejected: every named reason with its sentence, the same in rejects, summary and README."""

REASONS: dict[str, str] = {
    # how the row is written
    "ragged_row": "the row has more or fewer fields than the header; look for a stray separator or an open quote",
    "missing_value": "the column must have a value and the row has none",
    "unmapped_value": "the mapping's values do not list this value",
    "unreadable_date": "the value is written in none of the date formats that the mapping names",
    "unreadable_amount": "the value is not an amount with the decimal and thousands signs that the mapping names",
    "unreadable_number": "the number of days to add is not a whole number of at most ten years",
    "unreadable_flag": "the value is neither yes nor no",
    # what a value may be
    "impossible_date": "there is no such day, or it lies outside the years 1990 to 2099",
    "negative_amount": "the amount is below zero",
    "zero_amount": "the amount is zero",
    "inexact_amount": "the amount has digits below the currency's minor unit and the mapping does not say to round",
    "amount_too_large": "the amount does not fit into 64 bits of minor units",
    "currency_mismatch": "the currency written beside the amount is not the row's currency",
    "unknown_currency": "the value is no ISO 4217 currency, nor a symbol that the mapping explains",
    "unknown_country": "the value is no ISO 3166-1 country, nor one of the user-assigned codes AA, QM-QZ, XA-XZ, ZZ",
    "bad_identifier": "the identifier is longer than 200 characters",
    "bad_text": "the text is longer than 1000 characters",
    "bad_risk_class": "the class is not a whole number from 0 to 7",
    "bad_outcome": "the outcome is not accepted, rejected or withdrawn",
    # what a row may say
    "due_before_order": "the order is due before it was made",
    "shipped_before_order": "the order was shipped before it was made",
    "decided_before_filed": "the claim was decided before it was filed",
    "half_decided": "a claim's outcome and the day of its decision come together or not at all",
    "recorded_too_early": "the fact is recorded before it happened, so it would be known before it could be",
    # what rows may say of one another
    "conflicting_version": "another row has the same key and recorded_at but says otherwise; which is true is unknown",
    "payment_without_order": "no order of this import has this order_id",
    "payment_of_rejected_order": "the order of this payment is itself rejected",
    "payment_before_order": "the payment came before its order was made",
    "notice_without_order": "no order of this import has this order_id",
    "notice_of_rejected_order": "the order of this notice is itself rejected",
    "notice_before_due": "the order is reported overdue before it was due",
    "claim_without_order": "no order of this import has this order_id",
    "claim_of_rejected_order": "the order of this claim is itself rejected",
    "claim_before_order": "the claim was filed before its order was made",
    "rejected_together": "another table rejects this row, and the mapping says that its tables stand or fall together",
}
