from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from features.errors import CallerError
from models.champion import folder_of, read_champion
from models.profile import profile
from tests.training.learned import knowing_nothing
from training.cli import app
from training.evidence import Evidence
from training.promotion import CHAMPION, GateError, Override, Request, judge, promote, rollback, stack
from training.registration import register
from training.thresholds import GateThresholds


def verdicts(found):
    return {gate.name: gate.passed for gate in found}


def test_the_first_version_passes_and_goes_into_use(learned, registry, registry_home):
    version = register(learned, registry)
    found = judge(version, registry)
    assert all(verdicts(found).values()), found
    assert promote(version, registry, by="Wang").version == version
    assert registry.version_of(CHAMPION) == version == read_champion(registry_home).version
    (note,) = registry.history()
    assert (note["action"], note["version"], note["by"]) == ("promoted", version, "Wang")
    assert {gate["name"] for gate in note["gates"]} == set(verdicts(found))
    assert np.array_equal(
        read_champion(registry_home).bundle.model.predict_pd(learned.test.X),
        learned.bundle.model.predict_pd(learned.test.X),
    )


def test_a_worse_version_needs_an_override_that_is_kept(learned, registry, registry_home):
    good, bad = register(learned, registry), register(knowing_nothing(learned), registry)
    promote(good, registry)
    found = verdicts(judge(bad, registry))
    assert not any(found[name] for name in ("log_loss_vs_champion", "auc_vs_champion", "reasons_available"))
    assert found["labels_mature"]
    with pytest.raises(GateError, match=r"model version 2: fails log_loss_vs_champion, auc_vs_champion"):
        promote(bad, registry)
    assert registry.version_of(CHAMPION) == good == read_champion(registry_home).version
    assert len(registry.history()) == 1
    promote(bad, registry, override=Override("the scorecard's features are withdrawn"), by="Li")
    assert registry.version_of(CHAMPION) == bad == read_champion(registry_home).version
    note = registry.history()[-1]
    assert (note["reason"], note["by"]) == ("the scorecard's features are withdrawn", "Li")
    assert "log_loss_vs_champion" in note["overridden"]
    assert any("withdrawn" in text for name, text in registry.tags_of(bad).items() if name.startswith("promotion."))


def test_an_equal_version_passes_beside_the_champion(learned, registry):
    promote(register(learned, registry), registry)
    found = judge(register(learned, registry), registry)
    assert all(verdicts(found).values())
    assert found[0].figure == 0


def test_what_predicts_something_else_cannot_be_compared(learned, registry):
    promote(register(learned, registry), registry)
    other = replace(learned, bundle=replace(learned.bundle, horizon_days=90))
    found = {gate.name: gate for gate in judge(register(other, registry), registry)}
    assert not found["log_loss_vs_champion"].passed
    assert "predicts another outcome" in found["log_loss_vs_champion"].told


def test_a_shifted_score_an_early_label_and_a_wrong_level_each_close_their_gate(learned, registry):
    evidence = learned.evidence

    def failed(changed: Evidence, thresholds: GateThresholds) -> set[str]:
        version = register(replace(learned, evidence=changed), registry)
        return {gate.name for gate in judge(version, registry, thresholds) if not gate.passed}

    at = evidence.rows.schema.get_field_index("pd")
    tripled = evidence.rows.set_column(at, "pd", pa.array(np.minimum(3 * evidence.pd, 0.99)))
    assert failed(evidence, GateThresholds()) == set()
    assert failed(replace(evidence, wait_days=evidence.wait_days + 1), GateThresholds()) == {"labels_mature"}
    assert failed(replace(evidence, rows=tripled), GateThresholds()) == {"calibrated"}
    assert failed(evidence, GateThresholds(least_defaults=10_000)) == {"enough_defaults"}
    lower = profile(learned.bundle.features, learned.test.X, evidence.judged.model.predict_pd(learned.test.X) / 4)
    assert failed(replace(evidence, fitted_on=lower), GateThresholds()) == {"stable"}


def test_rollback_returns_step_by_step(learned, registry, registry_home):
    versions = [register(learned, registry) for _ in range(3)]
    with pytest.raises(CallerError, match="has no version before it"):
        rollback("nothing yet", registry)
    for version in versions:
        promote(version, registry)
    for version in ("2", "1"):
        assert rollback("limits fell", registry, by="Zhao").version == version
        assert registry.version_of(CHAMPION) == version == read_champion(registry_home).version
    assert registry.history()[-1]["reason"] == "limits fell"
    with pytest.raises(CallerError, match="champion 1: has no version before it"):
        rollback("once more", registry)
    with pytest.raises(CallerError, match="needs a reason"):
        rollback(" ", registry)


def test_an_interrupted_rollback_is_finished_not_repeated(learned, registry, registry_home):
    for version in [register(learned, registry) for _ in range(3)]:
        promote(version, registry)
    rollback("limits fell", registry)
    # As if it had ended after its note.
    registry.point(CHAMPION, "3")
    assert rollback("limits fell", registry).version == "2"
    assert len(registry.history()) == 4


def test_a_damaged_champion_is_mended_by_promoting_it_again(learned, registry, registry_home):
    promote(register(learned, registry), registry)
    (folder_of(registry_home) / "model.json").write_text("{}")
    assert promote("1", registry).version == "1"
    assert read_champion(registry_home).version == "1"
    with pytest.raises(CallerError, match="has no version before it"):
        rollback("to what?", registry)


def test_an_override_needs_a_reason():
    with pytest.raises(CallerError, match="say why"):
        Override("  ")


def test_a_reason_that_would_not_be_kept_is_refused():
    with pytest.raises(CallerError, match="is kept with an override only"):
        CliRunner().invoke(app, ["promote", "1", "--reason", "why"], catch_exceptions=False)


def test_the_history_is_a_stack():
    notes = [{"action": "promoted", "version": name} for name in "1233"]
    back = {"action": "rolled back", "version": "2"}
    assert stack(notes) == ["1", "2", "3"]
    assert stack([*notes, back]) == ["1", "2"]
    assert stack([*notes, back, {"action": "promoted", "version": "4"}]) == ["1", "2", "4"]


def test_a_request_is_carried_out_once_and_for_the_champion_that_it_names(learned, registry, registry_home):
    for _ in range(3):
        register(learned, registry)
    first = Request("change 1", None, "the first")
    assert promote("1", registry, by="mo, confirmed by gao", request=first).version == "1"
    assert promote("1", registry, request=first).version == "1"
    (note,) = registry.history()
    assert (note["request"], note["reason"], note["by"]) == ("change 1", "the first", "mo, confirmed by gao")
    with pytest.raises(CallerError, match="champion 1: is in use by now"):
        promote("2", registry, request=Request("change 2", None, "asked before there was one"))
    promote("2", registry, request=Request("change 3", "1", "newer"))
    assert promote("1", registry, request=first).version == "2", "an old request brings nothing back"
    assert registry.version_of(CHAMPION) == "2" == read_champion(registry_home).version


def test_a_rollback_that_is_asked_for_twice_goes_back_once(learned, registry, registry_home):
    for version in [register(learned, registry) for _ in range(3)]:
        promote(version, registry)
    back = Request("change 7", "3", "losses rose")
    assert rollback("losses rose", registry, request=back).version == "2"
    # As if it had been killed after its note, before the alias and the bundle.
    registry.point(CHAMPION, "3")
    assert rollback("losses rose", registry, request=back).version == "2"
    assert registry.version_of(CHAMPION) == "2" == read_champion(registry_home).version
    assert len(registry.history()) == 4
    with pytest.raises(CallerError, match="is in use by now, and not version 3"):
        rollback("losses rose", registry, request=Request("change 8", "3", "losses rose"))
