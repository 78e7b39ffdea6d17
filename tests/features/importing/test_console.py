from features.importing.console import progress, show
from tests.features.importing.trying import GOOD, INVOICES, imported, lines


def test_the_summary_is_shown_with_reasons_and_notes(tmp_path, capsys):
    late = GOOD.replace("1,B1", "2,B1").replace("2024-01-20", "2023-12-20")
    show(imported(tmp_path, INVOICES, {"a.csv": lines(GOOD, GOOD, late)}).summary)
    shown = capsys.readouterr().out
    assert "payments: 1 rows rejected for payment_before_order" in shown
    assert "note: 1 accepted orders lost rows of payments" in shown
    (orders,) = (line for line in shown.splitlines() if "orders" in line and "│" in line)
    assert [part.strip() for part in orders.strip("│").split("│")] == ["orders", "3", "2", "1", "0", "0"]


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    with progress() as tell:
        tell("reading")
    assert capsys.readouterr() == ("", "")
