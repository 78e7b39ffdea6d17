"""Putting a registered version into use."""

from collections.abc import Iterable

from features.home import home
from models.bundle import read_bundle
from models.champion import Champion, install
from training.registry import Registry


def promote(version: str, registry: Registry | None = None) -> Champion:
    """Install a version's bundle and let the alias `champion` name it.

    Raises:
        CallerError: no such version.
        UnavailableError: the registry does not answer.
        BundleError: the version's bundle is damaged.
    """
    registry = registry or Registry()
    with registry.bundle_of(version) as folder:
        champion = install(folder, version, home())
    registry.point("champion", version)
    return champion


def registered(versions: Iterable[str]) -> list[Champion]:
    """Read versions as they lie in the registry, to try them without putting them into use.

    Raises:
        CallerError: no such version.
        UnavailableError: the registry does not answer.
        BundleError: a version's bundle is damaged.
    """
    found = []
    for version in versions:
        with Registry().bundle_of(version) as folder:
            found.append(Champion(version, read_bundle(folder)))
    return found
