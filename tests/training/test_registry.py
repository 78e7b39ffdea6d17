"""What a run leaves in the registry, and what an interrupted one does not."""

import os
import signal
import time

import pytest
from mlflow import MlflowClient
from mlflow.models import Model

from features.errors import ConfigError, UnavailableError
from features.snapshot.version import feature_version
from models.bundle import read_bundle
from training.fingerprint import book_fingerprint, code_version, config_fingerprint
from training.registration import register
from training.registry import MODEL, Registry


class Interrupted:
    """A client of the registry that counts its calls, and sends its own process a signal before one of them."""

    def __init__(self, client, fatal=0, how=signal.SIGKILL):
        self._client, self._fatal, self._how = client, fatal, how
        self.calls = 0

    def __getattr__(self, name):
        self.calls += 1
        if self.calls == self._fatal:
            os.kill(os.getpid(), self._how)
        return getattr(self._client, name)


def registers(learned, fatal, how):
    """Register in a process of its own, interrupted before a call; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        # A test run in the background of a shell inherits that interrupts are ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            registry = Registry()
            registry._client = Interrupted(registry._client, fatal, how)  # type: ignore[assignment]
            register(learned, registry)
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def test_a_version_tells_what_it_rests_on(learned, registry):
    version = register(learned, registry)
    tags = registry.tags_of(version)
    assert tags["book_sha256"] == learned.book_sha256
    assert tags["config_sha256"] == config_fingerprint(learned.config)
    assert tags["code_version"] == code_version()
    assert tags["feature_version"] == feature_version()
    with registry.bundle_of(version) as folder:
        signature = Model.load(str(folder)).signature
        assert tuple(signature.inputs.input_names()) == read_bundle(folder).features
        assert signature.outputs.input_names() == ["pd"]


def test_a_fingerprint_changes_with_any_byte_of_the_book(tmp_path):
    (tmp_path / "orders.parquet").write_bytes(b"one")
    before = book_fingerprint(tmp_path)
    (tmp_path / "rejects.csv").write_bytes(b"no table")
    assert book_fingerprint(tmp_path) == before
    (tmp_path / "orders.parquet").write_bytes(b"two")
    assert book_fingerprint(tmp_path) != before


def test_an_interrupted_run_leaves_no_half_of_a_version(learned, registry):
    counting = Interrupted(registry._client)
    registry._client = counting
    register(learned, registry)
    # The last calls are: the files, the end of the run, the model is there, the version, the alias.
    last = counting.calls - 1
    for fatal in (1, 2, *range(last - 4, last + 1)):
        assert not registers(learned, fatal, signal.SIGINT if fatal % 2 else signal.SIGKILL)
    client = MlflowClient(registry.uri)
    for found in client.search_model_versions(f"name = '{MODEL}'"):
        with Registry().bundle_of(found.version) as folder:
            read_bundle(folder)
        assert client.get_run(str(found.run_id)).info.status == "FINISHED"
    assert Registry().version_of("challenger") == "1"


@pytest.mark.parametrize(
    ("uri", "error", "message"),
    [
        ("http://127.0.0.1:1", UnavailableError, r"registry http://127.0.0.1:1: does not answer"),
        (
            "postgresql://someone:secret@127.0.0.1:1/none",
            UnavailableError,
            r"registry .*127.0.0.1:1/none: does not answer",
        ),
        ("nonsense://x", ConfigError, r"MLFLOW_TRACKING_URI nonsense://x: is no address of a registry"),
    ],
)
def test_a_registry_that_is_down_is_told_soon(monkeypatch, uri, error, message):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    began = time.monotonic()
    with pytest.raises(error, match=message) as told:
        Registry()
    assert time.monotonic() - began < 10
    assert "secret" not in str(told.value)
    assert os.environ["MLFLOW_TRACKING_URI"] == uri
