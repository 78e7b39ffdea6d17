import json

from typer.testing import CliRunner

from training.cli import app

ARGUMENTS = ["simulate", "--buyers", "40", "--years", "1", "--seed", "2", "--until", "2024-06-30"]


def test_figures_are_told_as_json(tmp_path):
    result = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(tmp_path / "market"), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["rows"]["orders"] > 50
    assert told["reported_2024"]["claims"] == 219
    assert (tmp_path / "market" / "truth.parquet").is_file()


def test_figures_are_told_as_tables(tmp_path):
    result = CliRunner().invoke(app, [*ARGUMENTS, "--out", str(tmp_path / "market")])
    assert result.exit_code == 0
    assert "of the programme" in " ".join(result.stdout.split())
    assert "payments" in result.stdout


def test_help_has_an_example():
    assert "Example: bolanggu simulate" in CliRunner().invoke(app, ["simulate", "--help"]).stdout
