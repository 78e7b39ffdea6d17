"""The MLflow registry: runs, versions and aliases. The only module that imports MLflow.

Tracking goes to `MLFLOW_TRACKING_URI`, or to a SQLite database of its own under the home. A version is
registered only after all of its files are there, so that an interrupted run leaves no half of one.
"""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from features.errors import CallerError, UnavailableError
from features.home import home

# Its progress bars would draw amid what commands print.
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
with warnings.catch_warnings():
    # MLflow's own imports warn of what it has to mend itself.
    warnings.simplefilter("ignore")
    import mlflow.artifacts
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

EXPERIMENT = "bolanggu-pd"
MODEL = "bolanggu-pd"
BUNDLE = "bundle"


class Registry:
    """What training needs of MLflow."""

    def __init__(self, uri: str | None = None) -> None:
        """Connect to a tracking server or database.

        Raises:
            UnavailableError: it does not answer.
        """
        logging.getLogger("mlflow").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        local = uri is None and "MLFLOW_TRACKING_URI" not in os.environ
        self.uri = uri or os.environ.get("MLFLOW_TRACKING_URI") or _local_uri()
        with _answering(self.uri), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._client = MlflowClient(self.uri, registry_uri=self.uri)
            found = self._client.get_experiment_by_name(EXPERIMENT)
            place = str(home() / "mlflow-artifacts") if local else None
            self._experiment = found.experiment_id if found else self._client.create_experiment(EXPERIMENT, place)

    def record(
        self, parameters: Mapping[str, object], metrics: Mapping[str, float], artifacts: Path, alias: str
    ) -> str:
        """Log a finished training and register its bundle (`artifacts/bundle`) under an alias.

        Returns:
            The version.
        """
        with _answering(self.uri):
            run = self._client.create_run(self._experiment)
            try:
                version = self._register(run.info.run_id, run.info.artifact_uri, parameters, metrics, artifacts)
            except BaseException:
                self._client.set_terminated(run.info.run_id, "FAILED")
                raise
            self._client.set_terminated(run.info.run_id)
            self._client.set_registered_model_alias(MODEL, alias, version)
        return version

    def _register(
        self,
        run_id: str,
        artifact_uri: str,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        artifacts: Path,
    ) -> str:
        for name, value in parameters.items():
            self._client.log_param(run_id, name, value)
        for name, value in metrics.items():
            self._client.log_metric(run_id, name, value)
        self._client.log_artifacts(run_id, str(artifacts))
        if not self._client.search_registered_models(f"name = '{MODEL}'"):
            self._client.create_registered_model(MODEL)
        made = self._client.create_model_version(MODEL, f"{artifact_uri}/{BUNDLE}", run_id)
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

    @contextmanager
    def bundle_of(self, version: str) -> Iterator[Path]:
        """Give a temporary folder with a version's bundle.

        Raises:
            CallerError: no such version.
        """
        with tempfile.TemporaryDirectory() as folder:
            with _answering(self.uri):
                try:
                    source = self._client.get_model_version(MODEL, version).source
                except MlflowException as error:
                    if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                        raise
                    remedy = "train first, or name a version that `bolanggu train` printed"
                    raise CallerError("model version", version, "is not in the registry", remedy) from error
                fetched = mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=folder)
            yield Path(fetched)


def _local_uri() -> str:
    home().mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{home() / 'mlflow.db'}"


@contextmanager
def _answering(uri: str) -> Iterator[None]:
    try:
        yield
    except (MlflowException, SQLAlchemyError, OSError) as error:
        cause = f"does not answer ({str(error).splitlines()[0]})"
        raise UnavailableError("registry", uri, cause, "check MLFLOW_TRACKING_URI and try again") from error
