"""The champion: the bundle in use, in one folder under the home, with the registry's name for it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from features.files import replace_folder
from models.bundle import Bundle, BundleError, read_bundle

_NAME = "champion.json"


@dataclass(frozen=True, slots=True)
class Champion:
    """The model in use and its version in the registry."""

    version: str
    bundle: Bundle


def folder_of(home: Path) -> Path:
    """Tell where the champion lies."""
    return home / "champion"


def install(bundle_folder: Path, version: str, home: Path) -> Champion:
    """Check a bundle and put it into use, whole or not at all.

    Raises:
        BundleError: the bundle is damaged or made for other features.
    """
    read_bundle(bundle_folder)
    with replace_folder(folder_of(home)) as fresh:
        shutil.copytree(bundle_folder, fresh, dirs_exist_ok=True)
        (fresh / _NAME).write_text(json.dumps({"version": version}) + "\n", encoding="utf-8")
    return read_champion(home)


def read_champion(home: Path) -> Champion:
    """Read the model in use.

    Raises:
        BundleError: none was promoted yet, or it is damaged.
    """
    folder = folder_of(home)
    try:
        version = json.loads((folder / _NAME).read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError) as error:
        remedy = "run `bolanggu train`, then `bolanggu promote VERSION`"
        raise BundleError("champion", folder, "is not there or cannot be read", remedy) from error
    return Champion(version, read_bundle(folder))
