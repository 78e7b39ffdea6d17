"""The MLflow registry: runs, versions, aliases and the history of promotions. The only module that imports MLflow.

Tracking goes to `MLFLOW_TRACKING_URI`, or to a SQLite database of its own under the home. A version is
registered only after its run is finished and all of its files are there, so that an interrupted run leaves no half
of one; the aliases come last.
"""

import json
import logging
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from features.errors import CallerError, UnavailableError
from features.home import home
from training.reach import check_reachable, registry_uri

# Its progress bars would draw amid what commands print.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# A remote registry would print its addresses amid what `--json` prints.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
with warnings.catch_warnings():
    # MLflow's own imports warn of what it has to mend itself.
    warnings.simplefilter("ignore")
    import mlflow.artifacts
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, Schema
    from sqlalchemy.exc import SQLAlchemyError

EXPERIMENT = "bolanggu-pd"
MODEL = "bolanggu-pd"
BUNDLE = "bundle"
_PROMOTION = "promotion."


@dataclass(frozen=True, slots=True)
class Registered:
    """A version as it lies in the registry: what `record` was given and when, and what its run left, by name."""

    version: str
    run_id: str
    registered_at: datetime
    parameters: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    artifacts: frozenset[str]


class Registry:
    """What training needs of MLflow."""

    def __init__(self, uri: str | None = None) -> None:
        """Connect to a tracking server or database.

        Raises:
            UnavailableError: it does not answer.
            ConfigError: there is no such kind of address.
        """
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        # By default MLflow asks a server that fails for four minutes.
        os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
        local = uri is None and not os.environ.get("MLFLOW_TRACKING_URI")
        self.uri = uri or registry_uri()
        check_reachable(self.uri)
        with _answering(self.uri), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._client = MlflowClient(self.uri, registry_uri=self.uri)
            found = self._client.get_experiment_by_name(EXPERIMENT)
            place = str(home() / "mlflow-artifacts") if local else None
            self._experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT, place)

    def record(
        self,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        tags: Mapping[str, str],
        artifacts: Path,
        features: Sequence[str],
        alias: str,
    ) -> str:
        """Log a finished training and register its bundle (`artifacts/bundle`) under an alias.

        Args:
            parameters: what the run was told.
            metrics: what it found.
            tags: what it rests on; run and version bear them.
            artifacts: folder of all that it leaves.
            features: the model's inputs in order, for its signature.
            alias: what the version is called from now on.

        Returns:
            The version.
        """
        _describe(artifacts / BUNDLE, features)
        with _answering(self.uri):
            run = self._client.create_run(self._experiment, tags=dict(tags))
            try:
                self._log(run.info.run_id, parameters, metrics, artifacts)
                self._client.set_terminated(run.info.run_id)
                version = self._register(run.info.run_id, run.info.artifact_uri, tags)
            except BaseException:
                self._client.set_terminated(run.info.run_id, "FAILED")
                raise
            self._client.set_registered_model_alias(MODEL, alias, version)
        return version

    def _log(
        self, run_id: str, parameters: Mapping[str, object], metrics: Mapping[str, float], artifacts: Path
    ) -> None:
        for name, value in parameters.items():
            self._client.log_param(run_id, name, value)
        for name, figure in metrics.items():
            self._client.log_metric(run_id, name, figure)
        self._client.log_artifacts(run_id, str(artifacts))

    def _register(self, run_id: str, artifact_uri: str, tags: Mapping[str, str]) -> str:
        if not self._client.search_registered_models(f"name = '{MODEL}'"):
            self._client.create_registered_model(MODEL)
        made = self._client.create_model_version(MODEL, f"{artifact_uri}/{BUNDLE}", run_id, tags=dict(tags))
        return str(made.version)

    def version_of(self, alias: str) -> str | None:
        """Tell which version an alias names, or None."""
        with _answering(self.uri):
            found = self._client.search_registered_models(f"name = '{MODEL}'")
            aliases = dict(found[0].aliases) if found else {}
        return str(aliases[alias]) if alias in aliases else None

    def point(self, alias: str, version: str) -> None:
        """Let an alias name a version."""
        with _answering(self.uri):
            self._client.set_registered_model_alias(MODEL, alias, version)

    def note(self, version: str, told: Mapping[str, Any]) -> None:
        """Add a promotion or a rollback to the history, on the model and on the version; nothing there is replaced."""
        key = f"{_PROMOTION}{datetime.now(UTC):%Y%m%dT%H%M%S%f}.{uuid.uuid4().hex[:8]}"
        text = json.dumps(told, ensure_ascii=False)
        with _answering(self.uri):
            self._client.set_registered_model_tag(MODEL, key, text)
            self._client.set_model_version_tag(MODEL, version, key, text)

    def history(self) -> list[dict[str, Any]]:
        """Give all promotions and rollbacks, the oldest first."""
        with _answering(self.uri):
            found = self._client.search_registered_models(f"name = '{MODEL}'")
            tags = dict(found[0].tags) if found else {}
        return [json.loads(tags[key]) for key in sorted(tags) if key.startswith(_PROMOTION)]

    def versions(self, most: int) -> list[Registered]:
        """Give the versions, the newest first."""
        with _answering(self.uri):
            found = sorted(
                self._client.search_model_versions(f"name = '{MODEL}'"),
                key=lambda each: int(each.version),
                reverse=True,
            )
            return [self._registered(each) for each in found[:most]]

    def _registered(self, version: Any) -> Registered:  # noqa: ANN401 - MLflow ships no types
        run = self._client.get_run(version.run_id)
        return Registered(
            str(version.version),
            str(version.run_id),
            datetime.fromtimestamp(version.creation_timestamp / 1000, UTC),
            dict(run.data.params),
            dict(run.data.metrics),
            dict(version.tags),
            frozenset(str(each.path) for each in self._client.list_artifacts(version.run_id)),
        )

    def tags_of(self, version: str) -> dict[str, str]:
        """Give a version's tags.

        Raises:
            CallerError: no such version.
        """
        return dict(self._version(version).tags)

    @contextmanager
    def bundle_of(self, version: str) -> Iterator[Path]:
        """Give a temporary folder with a version's bundle.

        Raises:
            CallerError: no such version.
        """
        with self.artifacts_of(version, BUNDLE) as folder:
            yield folder

    @contextmanager
    def artifacts_of(self, version: str, name: str) -> Iterator[Path]:
        """Give a temporary folder with what a version's run left under a name.

        Raises:
            CallerError: no such version, or its run left no such thing.
        """
        source = str(self._version(version).source).removesuffix(BUNDLE) + name
        with tempfile.TemporaryDirectory() as folder:
            with _answering(self.uri):
                fetched = mlflow.artifacts.download_artifacts(
                    artifact_uri=source, dst_path=folder, tracking_uri=self.uri
                )
            yield Path(fetched)

    def _version(self, version: str) -> Any:  # noqa: ANN401 - MLflow ships no types
        with _answering(self.uri):
            try:
                return self._client.get_model_version(MODEL, version)
            except MlflowException as error:
                if error.error_code not in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                    raise
                remedy = "train first, or name a version that `bolanggu train` printed"
                raise CallerError("model version", version, "is not in the registry", remedy) from error


def _describe(bundle: Path, features: Sequence[str]) -> None:
    """Put MLflow's own description beside the bundle's files, with the signature: features in, a PD out."""
    inputs = Schema([ColSpec("double", name, required=False) for name in features])
    signature = ModelSignature(inputs=inputs, outputs=Schema([ColSpec("double", "pd")]))
    described = Model(artifact_path=BUNDLE, signature=signature, flavors={"bolanggu": {"reader": "models.bundle"}})
    described.save(str(bundle / "MLmodel"))


@contextmanager
def _answering(uri: str) -> Iterator[None]:
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        cause = f"does not answer ({str(error).splitlines()[0]})"
        raise UnavailableError("registry", uri, cause, "check MLFLOW_TRACKING_URI and try again") from error
