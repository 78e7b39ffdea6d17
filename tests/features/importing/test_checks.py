"""What rows say of one another, tried through whole imports."""

import pytest

from features.errors import FileError
from tests.features.importing.trying import GOOD, INVOICES, imported, lines

FACTS = """
sources:
  orders: {files: "orders*"}
  payments: {files: "payments*", optional: true}
  notices: {files: "notices*", optional: true}
  claims: {files: "claims*", optional: true}
  buyers: {files: "buyers*", optional: true}
tables:
  orders:
    from: orders
    columns: {order_id: id, exporter_id: {constant: E}, buyer_id: buyer, ordered_on: day, shipped_on: shipped,
      due_on: due, amount_minor: amount, currency: {constant: USD}, recorded_at: {first: [seen, day]}}
  payments:
    from: payments
    columns: {payment_id: pid, order_id: id, paid_on: day, amount_minor: amount, currency: {constant: USD},
      recorded_at: {first: [seen, day]}}
  overdue_notices:
    from: notices
    columns: {order_id: id, reported_on: day, amount_minor: amount, currency: {constant: USD}, recorded_at: day}
  claims:
    from: claims
    columns: {claim_id: cid, order_id: id, filed_on: day, loss_minor: loss, currency: {constant: USD},
      has_orders: {constant: yes}, has_customs: {constant: yes}, has_communications: {constant: no},
      decided_on: decided, outcome: outcome, recorded_at: {first: [decided, day]}}
  buyers:
    from: buyers
    columns: {buyer_id: id, name: name, country: country, recorded_at: day}
"""
ORDERS = "id,buyer,day,shipped,due,amount,seen"
PAYMENTS = "pid,id,day,amount,seen"
CLAIMS = "cid,id,day,loss,decided,outcome"
BUYERS = "id,name,country,day"
ORDER = "1,B,2024-01-10,,2024-02-10,100,"


@pytest.fixture
def take(tmp_path):
    def run(orders=(ORDER,), **others):
        headers = {"payments": PAYMENTS, "notices": "id,day,amount", "claims": CLAIMS, "buyers": BUYERS}
        files = {f"{name}.csv": lines(*rows, header=headers[name]) for name, rows in others.items()}
        return imported(tmp_path, FACTS, {"orders.csv": lines(*orders, header=ORDERS), **files})

    return run


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        ("1,B,2024-01-10,,2024-01-09,100,", "due_before_order", "due_on"),
        ("1,B,2024-01-10,2024-01-09,2024-02-10,100,", "shipped_before_order", "shipped_on"),
        ("1,B,2024-01-10,,2024-02-10,100,2024-01-08", "recorded_too_early", "recorded_at"),
    ],
)
def test_orders_that_contradict_themselves(take, row, reason, column):
    found = take([row])
    assert found.reasons("orders") == {reason: 1}
    assert [reject["column"] for reject in found.rejects] == [column]


def test_days_at_the_border_are_good(take):
    found = take(["1,B,2024-01-10,2024-01-10,2024-01-10,100,2024-01-09"], notices=["1,2024-01-10,5"])
    assert not found.rejects


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("P,1,2024-01-09,100,", "payment_before_order"),
        ("P,2,2024-01-20,100,", "payment_without_order"),
        ("P,1,2024-01-20,100,2024-01-18", "recorded_too_early"),
        ("P,1,2024-01-20,-1,", "negative_amount"),
    ],
)
def test_payments_that_cannot_be(take, row, reason):
    found = take(payments=[row, "Q,1,2024-01-10,100,"])
    assert found.reasons("payments") == {reason: 1}
    assert found.summary.tables["payments"].accepted == 1


@pytest.mark.parametrize(
    ("row", "reason"), [("1,2024-02-09,5", "notice_before_due"), ("2,2024-03-01,5", "notice_without_order")]
)
def test_notices_that_cannot_be(take, row, reason):
    assert take(notices=[row]).reasons("overdue_notices") == {reason: 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C,1,2024-01-09,5,,", "claim_before_order"),
        ("C,2,2024-03-01,5,,", "claim_without_order"),
        ("C,1,2024-03-01,5,2024-02-28,accepted", "decided_before_filed"),
        ("C,1,2024-03-01,5,,accepted", "half_decided"),
        ("C,1,2024-03-01,5,2024-03-09,", "half_decided"),
        ("C,1,2024-03-01,5,2024-03-09,perhaps", "bad_outcome"),
    ],
)
def test_claims_that_cannot_be(take, row, reason):
    assert reason in take(claims=[row]).reasons("claims")


def test_facts_without_their_orders_are_refused(tmp_path):
    mapping = FACTS.replace('{files: "orders*"}', '{files: "orders*", optional: true}')
    with pytest.raises(FileError, match="feed payments but no orders; give a file for orders too"):
        imported(tmp_path, mapping, {"payments.csv": lines("P,1,2024-01-20,100,", header=PAYMENTS)})
    buyers = imported(tmp_path, mapping, {"buyers.csv": lines("1,A,DE,2024-01-01", header=BUYERS)})
    assert set(buyers.summary.tables) == {"buyers"}


def test_facts_about_a_rejected_order_say_so(take):
    found = take(
        ["1,B,2024-01-10,,2024-02-10,-100,"],
        payments=["P,1,2024-01-20,100,"],
        notices=["1,2024-03-01,5"],
        claims=["C,1,2024-03-01,5,,"],
    )
    assert found.reasons("payments") == {"payment_of_rejected_order": 1}
    assert found.reasons("overdue_notices") == {"notice_of_rejected_order": 1}
    assert found.reasons("claims") == {"claim_of_rejected_order": 1}


def test_a_row_with_several_faults_tells_each_and_counts_once(take):
    found = take(["1,B,2024-02-30,,soon,0,"])
    assert found.summary.tables["orders"].rejected == 1
    told = {(reject["column"], reject["value"], reject["reason"]) for reject in found.rejects}
    assert told == {
        ("ordered_on", "2024-02-30", "impossible_date"),
        ("due_on", "soon", "unreadable_date"),
        ("amount_minor", "0", "zero_amount"),
        ("recorded_at", "2024-02-30", "impossible_date"),
    }


def test_an_order_of_another_content_at_once_leaves_neither(take):
    found = take([ORDER, "1,B,2024-01-10,,2024-02-10,200,"], payments=["P,1,2024-01-20,100,"])
    assert found.reasons("orders") == {"conflicting_version": 2}
    assert found.reasons("payments") == {"payment_of_rejected_order": 1}


def test_a_later_version_is_kept_and_its_repetition_is_not(take):
    rows = [
        f"1,B,2024-01-10,,2024-02-10,{amount},2024-01-{day}"
        for amount, day in zip("112331", range(11, 17), strict=True)
    ]
    found = take([*rows, rows[0]])
    assert [(row["amount_minor"], row["recorded_at"].day) for row in found.rows("orders")] == [
        (100, 11),
        (200, 13),
        (300, 14),
        (100, 16),
    ]
    assert found.summary.tables["orders"].duplicates == 3


def test_a_buyer_has_names_at_once_but_one_country(take):
    names = ["1,A,DE,2024-01-01", "1,B,DE,2024-01-01", "1,A,DE,2024-01-02", "1,B,DE,2024-01-03"]
    moved = ["1,A,FR,2024-02-01", "1,A,DE,2024-03-01"]
    found = take(buyers=[*names, *moved, "2,X,DE,2024-01-01", "2,X,FR,2024-01-01"])
    assert [(row["name"], row["country"], row["recorded_at"].month) for row in found.rows("buyers")] == [
        ("A", "DE", 1),
        ("B", "DE", 1),
        ("A", "FR", 2),
        ("A", "DE", 3),
    ]
    assert found.reasons("buyers") == {"conflicting_version": 2}


def test_tables_stand_or_fall_together_where_the_mapping_says_so(tmp_path):
    mapping = INVOICES.replace('{files: "*.csv"}', '{files: "*.csv", together: true}')
    early = GOOD.replace("1,B1", "2,B1").replace("2024-01-20", "2023-12-20")
    files = {"a.csv": lines(GOOD, early, GOOD.replace("1,B1", "3,B1").replace("2024-02-01", "soon"))}
    alone, together = imported(tmp_path, INVOICES, files, "alone"), imported(tmp_path, mapping, files, "together")
    assert alone.reasons("orders") == {"unreadable_date": 1}
    assert alone.summary.notes == [
        "1 accepted orders lost rows of payments to the rejects and look as if they had none"
    ]
    assert together.reasons("orders") == {"unreadable_date": 1, "rejected_together": 1}
    assert together.reasons("payments") == {"payment_before_order": 1, "payment_of_rejected_order": 1}
    assert [row["order_id"] for row in together.rows("orders")] == ["1"]
    assert not together.summary.notes


def test_an_order_that_falls_takes_facts_of_other_files_with_it(tmp_path):
    mapping = FACTS.replace('{files: "orders*"}', '{files: "orders*", together: true}').replace(
        "tables:\n  orders:",
        "tables:\n  exporters:\n    from: orders\n    columns: {exporter_id: {constant: E}, "
        "name: {column: name}, registered_on: {constant: 2020-01-01}, recorded_at: {constant: 2020-01-01}}\n  orders:",
    )
    files = {
        "orders.csv": lines(ORDER + ",", "2,B,2024-01-10,,2024-02-10,100,,Ltd", header=ORDERS + ",name"),
        "payments.csv": lines("P,1,2024-01-20,100,", "Q,2,2024-01-20,100,", header=PAYMENTS),
    }
    found = imported(tmp_path, mapping, files)
    assert found.reasons("exporters") == {"missing_value": 1}
    assert found.reasons("orders") == {"rejected_together": 1}
    assert found.reasons("payments") == {"payment_of_rejected_order": 1}
    assert [row["payment_id"] for row in found.rows("payments")] == ["Q"]
