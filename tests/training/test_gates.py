import pytest
from rich.console import Console

from tests.training.learned import defaulting_only
from training.gates import Gate, gates, show
from training.thresholds import GateThresholds


@pytest.mark.parametrize(("buyers", "passes"), [(2, False), (9, False), (10, True)])
def test_a_default_that_several_snapshots_tell_of_counts_once(learned, buyers, passes):
    evidence = defaulting_only(learned.evidence, buyers)
    assert evidence.y.sum() > buyers
    found = {gate.name: gate for gate in gates(learned.bundle, evidence, None, GateThresholds())}["enough_defaults"]
    assert (found.figure, found.threshold, found.passed) == (buyers, 10, passes)
    assert "defaulting buyers" in found.told


def test_a_difference_of_nothing_has_no_sign():
    console = Console(record=True, width=120)
    show([Gate("auc_vs_champion", True, -0.0, 0.03, "told")], console)
    assert "-0" not in console.export_text()
