"""The use case of reading the models: what is in use, and what wants its place, from the bundles' own manifests.

No registry is asked: a bundle is plain text, and the service carries nothing that training needs. A registry on another
machine keeps its bundles there, and then only the champion is told.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from models.bundle import BundleError
from models.champion import folder_of, read_champion
from serving.access.permissions import require
from serving.access.principal import Principal

Place = Literal["champion", "challenger", "former"]
_MOST = 50


@dataclass(frozen=True, slots=True)
class ModelOnShelf:
    """A bundle.

    Attributes:
        place: in use, newer than what is in use, or older.
        version: the registry's name for it, known of the champion only.
        sha256: of its model, by which two bundles are told apart.
        definition: what counted as default.
    """

    place: Place
    version: str | None
    kind: str
    trained_as_of: date
    horizon_days: int
    definition: dict[str, Any]
    features: int
    sha256: str


def list_models(principal: Principal, home: Path) -> list[ModelOnShelf]:
    """List the champion first, then the bundles that were registered under the home, newest first.

    Raises:
        ForbiddenError: the role may not.
    """
    require(principal, "list_models")
    try:
        champion = read_champion(home)
    except BundleError:
        version, champion_hash, champion_day = None, None, date.min
    else:
        version, champion_day = champion.version, champion.bundle.trained_as_of
        champion_hash = _hash(_manifest(folder_of(home) / "manifest.json"))
    found = {}
    for file in [folder_of(home) / "manifest.json", *home.glob("mlflow-artifacts/*/artifacts/bundle/manifest.json")]:
        if file.is_file():
            each = _on_shelf(_manifest(file), champion_hash, champion_day, version)
            found[each.sha256] = each
    return sorted(found.values(), key=lambda each: (each.place != "champion", -each.trained_as_of.toordinal()))[:_MOST]


def _on_shelf(manifest: dict[str, Any], champion: str | None, champion_day: date, version: str | None) -> ModelOnShelf:
    day, is_champion = date.fromisoformat(manifest["trained_as_of"]), _hash(manifest) == champion
    return ModelOnShelf(
        place="champion" if is_champion else "challenger" if day >= champion_day else "former",
        version=version if is_champion else None,
        kind=manifest["kind"],
        trained_as_of=day,
        horizon_days=manifest["horizon_days"],
        definition=manifest["definition"],
        features=len(manifest["features"]),
        sha256=_hash(manifest),
    )


def _manifest(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def _hash(manifest: dict[str, Any]) -> str:
    return str(manifest["sha256"]["model.json"])
