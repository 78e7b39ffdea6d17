import pytest

from serving.api.messages import BatchItem, OrderCheckAnswer

BODY = {
    "order_id": "o1", "exporter_id": "e1", "buyer_id": "b1",
    "amount_minor": 100_000, "currency": "USD", "terms_days": 60,
}  # fmt: skip


def test_an_order_is_covered_once_and_told_the_same_again(client):
    first = client.post("/v1/order-checks", json=BODY)
    assert first.status_code == 200
    told = first.json()
    assert (told["decision"], told["covered_minor"], told["compensation_rate"]) == ("covered", 100_000, 0.45)
    assert told["reasons"] == [
        {"code": "unknown_buyer", "text": "A new buyer starts with a small limit of USD 5,000.00"}
    ]
    assert client.post("/v1/order-checks", json=BODY).json() == told
    assert client.get("/v1/buyers/b1/limit").json()["exposure_minor"] == 100_000


def test_reasons_come_in_chinese_where_it_is_preferred(client):
    answer = client.post("/v1/order-checks", json=BODY, headers={"Accept-Language": "fr, zh-CN;q=0.9, en;q=0.8"})
    assert answer.json()["reasons"][0]["text"] == "新买方适用小额限额 USD 5,000.00"


def test_another_body_under_the_same_id_is_refused(client):
    client.post("/v1/order-checks", json=BODY)
    other = client.post("/v1/order-checks", json=BODY | {"amount_minor": 1})
    assert other.status_code == 422
    assert other.headers["content-type"] == "application/problem+json"
    assert "o1" in other.json()["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount_minor": 0}, "#/amount_minor"),
        ({"amount_minor": 1.5}, "#/amount_minor"),
        ({"amount_minor": "100"}, "#/amount_minor"),
        ({"amount_minor": 10**16}, "#/amount_minor"),
        ({"order_id": ""}, "#/order_id"),
        ({"buyer_id": "a\u0000b"}, "#/buyer_id"),
        ({"currency": "usd"}, "#/currency"),
        ({"surprise": 1}, "#/surprise"),
    ],
)
def test_a_wrong_body_is_told_where_it_is_wrong(client, change, pointer):
    answer = client.post("/v1/order-checks", json=BODY | change)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["faults"]] == [pointer]


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"order_id": "\\ud800"}', b"\xff\xfe"])
def test_a_body_that_is_no_order_is_the_callers_mistake(client, body):
    answer = client.post("/v1/order-checks", content=body)
    assert answer.status_code == 422
    assert answer.json()["title"]


def test_an_unquoted_currency_is_told_and_harms_no_other_order(client):
    answer = client.post("/v1/order-checks", json=BODY | {"currency": "VND"})
    assert answer.status_code == 422
    assert "VND" in answer.json()["detail"]


def test_a_batch_answers_each_order_for_itself(client):
    client.post("/v1/order-checks", json=BODY)
    orders = [BODY | {"order_id": "o2"}, BODY | {"terms_days": 1}, BODY | {"order_id": "o3", "currency": "VND"}, BODY]
    items = client.post("/v1/order-checks/batch", json=orders).json()
    assert [item["order_id"] for item in items] == ["o2", "o1", "o3", "o1"]
    assert [item["answer"] is not None for item in items] == [True, False, False, True]
    assert "another body" in items[1]["problem"]
    assert "VND" in items[2]["problem"]


def test_a_batch_decides_in_the_order_given(client):
    orders = [BODY | {"order_id": f"o{n}", "amount_minor": 200_000} for n in range(4)]
    words = [item["answer"]["decision"] for item in client.post("/v1/order-checks/batch", json=orders).json()]
    assert words == ["covered", "covered", "declined", "declined"]


def test_what_is_answered_is_what_the_document_says(client):
    single = client.post("/v1/order-checks", json=BODY)
    OrderCheckAnswer.model_validate_json(single.content, strict=True)
    assert set(single.json()) == set(OrderCheckAnswer.model_fields)
    batch = client.post("/v1/order-checks/batch", json=[BODY, BODY | {"currency": "VND", "order_id": "o9"}])
    for item in batch.json():
        assert set(item) == set(BatchItem.model_fields)
    assert batch.json()[0]["answer"] == single.json()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'[{"order_id": 1}]', b"[1]"])
def test_a_batch_that_is_none_is_the_callers_mistake(client, body):
    answer = client.post("/v1/order-checks/batch", content=body)
    assert answer.status_code == 422
    assert answer.json()["faults"]
