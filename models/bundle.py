"""The bundle: everything that deciding needs of a trained model, in plain text, checked by hashes.

    manifest.json   what it is, and the SHA-256 of the other files
    model.json      the model's state, LightGBM's trees as its own text beside it
    trees.txt       only where the model has trees
    severity.json   LGD and EAD, where they were fitted
    profile.json    the population that it was made for, where that was taken

The manifest bears a seal, the SHA-256 of its other entries. No pickle: a bundle can be read by eye and can run no code.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.catalogue import CATALOGUE
from features.errors import BolangguError
from features.files import replace_folder
from features.snapshot.version import feature_version
from models.matrix import to_matrix
from models.pd.base import PdModel
from models.pd.blend import BlendPd
from models.pd.boosted import BoostedPd
from models.pd.constant import ConstantPd
from models.pd.scorecard import ScorecardPd
from models.profile import Profile
from models.severity import Severity
from models.slices import in_slices

_KINDS: dict[str, type[PdModel]] = {model.kind: model for model in (ConstantPd, ScorecardPd, BoostedPd, BlendPd)}
_MANIFEST, _MODEL, _TREES = "manifest.json", "model.json", "trees.txt"
_SEVERITY, _PROFILE = "severity.json", "profile.json"
_SEAL = "seal"
_AGAIN = "promote a version of the registry again"


class BundleError(BolangguError):
    """A bundle is missing, damaged, or made for other features than these."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A PD model ready for use.

    Attributes:
        trained_as_of: day of training; nothing recorded later was looked at.
        horizon_days: the PD is the chance of a default within so many days.
        definition: what counted as default, in the words of the training configuration.
        features: names of the features in the order that the model takes them.
        severity: LGD and EAD; None leaves them to the policy.
        profile: what `bolanggu drift` compares a later population with.
    """

    trained_as_of: date
    horizon_days: int
    definition: dict[str, Any]
    features: tuple[str, ...]
    model: PdModel
    severity: Severity | None = None
    profile: Profile | None = None

    def pd(self, snapshot: pa.Table) -> NDArray[np.float64]:
        """Give the PD (n,) of each row of a snapshot."""
        # A column of one piece is cut for nothing, one of many pieces is not.
        whole = snapshot.select(self.features).combine_chunks()

        def score(first: int, rows: int) -> NDArray[np.float64]:
            return self.model.predict_pd(to_matrix(whole.slice(first, rows), self.features))

        return in_slices(whole.num_rows, score)

    def contributions(self, snapshot: pa.Table) -> NDArray[np.float64]:
        """Split each row's log-odds (n, k) over the features."""
        return self.model.contributions(to_matrix(snapshot, self.features))


def write_bundle(bundle: Bundle, folder: Path) -> None:
    """Write a bundle; the same model gives the same bytes. What stood in the folder is replaced as a whole."""
    state = bundle.model.state()
    trees = state.pop("trees", None)
    files = {_MODEL: _json(state)} | ({} if trees is None else {_TREES: trees})
    if bundle.severity is not None:
        files[_SEVERITY] = _json(bundle.severity.state())
    if bundle.profile is not None:
        files[_PROFILE] = _json(bundle.profile.state())
    manifest = {
        "kind": bundle.model.kind,
        "trained_as_of": bundle.trained_as_of.isoformat(),
        "horizon_days": bundle.horizon_days,
        "definition": bundle.definition,
        "features": list(bundle.features),
        "feature_version": feature_version(),
        "sha256": {name: _sha256(text) for name, text in sorted(files.items())},
    }
    manifest[_SEAL] = _sha256(_json(manifest))
    with replace_folder(folder) as fresh:
        for name, text in (files | {_MANIFEST: _json(manifest)}).items():
            (fresh / name).write_text(text, encoding="utf-8")


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle that `write_bundle` wrote.

    Raises:
        BundleError: no bundle there, a file's hash differs, or this program computes other features.
    """
    manifest = _manifest(folder)
    texts = {name: _text(folder, name) for name in manifest["sha256"]}
    for name, text in texts.items():
        if _sha256(text) != manifest["sha256"][name]:
            raise BundleError("bundle file", folder / name, "has another SHA-256 than its manifest", _AGAIN)
    _check_features(folder, manifest)
    state = json.loads(texts[_MODEL])
    if _TREES in texts:
        state["trees"] = texts[_TREES]
    return Bundle(
        trained_as_of=date.fromisoformat(manifest["trained_as_of"]),
        horizon_days=manifest["horizon_days"],
        definition=manifest["definition"],
        features=tuple(manifest["features"]),
        model=_KINDS[manifest["kind"]]().restore(state),
        severity=Severity.restore(json.loads(texts[_SEVERITY])) if _SEVERITY in texts else None,
        profile=Profile.restore(json.loads(texts[_PROFILE])) if _PROFILE in texts else None,
    )


def _manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest; its seal proves that nothing of it was changed since it was written."""
    file = folder / _MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(_text(folder, _MANIFEST))
        seal = manifest.pop(_SEAL)
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise BundleError("bundle file", file, "is no manifest of this program's making", _AGAIN) from error
    if _sha256(_json(manifest)) != seal:
        raise BundleError("bundle file", file, "differs from its seal", _AGAIN)
    return manifest


def _check_features(folder: Path, manifest: dict[str, Any]) -> None:
    remedy = "train and promote with this version of the program"
    unknown = sorted(set(manifest["features"]) - {feature.name for feature in CATALOGUE})
    if unknown:
        cause = f"was trained on features that this program does not have ({', '.join(unknown)})"
        raise BundleError("bundle", folder, cause, remedy)
    if manifest["feature_version"] != feature_version():
        cause = f"was trained on features of version {manifest['feature_version']}, not {feature_version()}"
        raise BundleError("bundle", folder, cause, remedy)


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = f"cannot be read ({error.__class__.__name__})"
        raise BundleError("bundle file", folder / name, cause, _AGAIN) from error


def _json(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
