"""Putting a registered version into use."""

from features.home import home
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
