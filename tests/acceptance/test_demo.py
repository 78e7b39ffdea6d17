"""The whole loop as a stranger runs it: one command, a real database, registry and server."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def test_the_demo_does_everything_and_tells_of_it():
    command = [sys.executable, "-m", "bolanggu", "demo", "--once", "--buyers", "600"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOLANGGU", "MLFLOW"))}
    with tempfile.TemporaryDirectory() as folder:
        # Open to PostgreSQL's own user, which root's server runs as.
        Path(folder).chmod(0o755)
        environment["BOLANGGU_HOME"] = folder
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        assert (Path(folder) / "demo" / "champion" / "manifest.json").is_file()
        # The service's lines are in its file, not on the terminal, where they would push the passwords away.
        assert "answered" in (Path(folder) / "demo" / "service.log").read_text(encoding="utf-8")
        assert "answered" not in ran.stderr
    assert told["market"]["orders"] > 1000
    assert told["training"]["chosen"] != "constant"
    assert told["limits"]["limits"] > 100
    assert told["order_check"]["decision"] == "covered"
    assert told["order_check"]["covered_minor"] == 120_000
    assert told["stories"]["whitelist"]["exporters"] > 10
    assert told["stories"]["trials"] == 2
    assert told["without_key"] == 401
