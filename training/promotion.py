"""Putting a registered version into use through the gates, and going back to the one before.

The history of both stands in the registry for ever: who, when, why, and each gate's figure.
"""

import getpass
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from features.errors import CallerError, DataError
from features.home import home
from models.bundle import Bundle, BundleError, read_bundle
from models.champion import Champion, install, read_champion
from training.comparison import Incumbent, against
from training.evidence import FOLDER, Evidence, read_evidence
from training.gates import Gate, gates
from training.registry import Registry
from training.thresholds import GateThresholds

CHAMPION = "champion"
_PROMOTED, _ROLLED_BACK = "promoted", "rolled back"


class GateError(CallerError):
    """A version failed a gate, and nobody overrode it."""


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's decision to promote a version that failed a gate."""

    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise CallerError("--override", None, "needs a reason", "say why with --reason TEXT")


@dataclass(frozen=True, slots=True)
class Request:
    """What a service that keeps four eyes sends with a promotion or rollback.

    Attributes:
        name: its own name of the request; the same again finishes what was interrupted, and does nothing twice.
        champion: the version in use when it was asked for, without which it no longer holds; None where there was none.
        reason: why, in the words of who asked.
    """

    name: str
    champion: str | None
    reason: str


def judge(version: str, registry: Registry | None = None, thresholds: GateThresholds | None = None) -> list[Gate]:
    """Hold a version against the gates; nothing is changed.

    Raises:
        CallerError: no such version.
        UnavailableError: the registry does not answer.
        BundleError: the version's files are damaged, or made for other features.
    """
    registry = registry or Registry()
    bundle, evidence = read_version(registry, version)
    compared = against(bundle, evidence, incumbent(registry))
    return gates(bundle, evidence, compared, thresholds or GateThresholds())


def promote(
    version: str,
    registry: Registry | None = None,
    passed: Sequence[Gate] | None = None,
    override: Override | None = None,
    by: str | None = None,
    request: Request | None = None,
) -> Champion:
    """Put a version into use: note it, let the alias `champion` name it, install its bundle under the home.

    Each of the three may be done again, so that a promotion that was interrupted is finished by another.

    Args:
        version: what to promote.
        registry: where it lies.
        passed: what `judge` found, where it was asked already.
        override: lets a version pass that failed a gate.
        by: who promotes; the user of the operating system where nobody is named.
        request: what a service asked for.

    Raises:
        CallerError: no such version, or another champion than the request was made for.
        GateError: a gate failed and there is no override.
        UnavailableError: the registry does not answer.
        BundleError: the version's bundle is damaged.
    """
    registry = registry or Registry()
    if request is not None and (finished := _finished(registry, request)) is not None:
        return finished
    found = judge(version, registry) if passed is None else list(passed)
    failed = [gate.name for gate in found if not gate.passed]
    if failed and override is None:
        remedy = "train anew, or promote with --override --reason TEXT, which is kept for ever"
        raise GateError("model version", version, f"fails {', '.join(failed)}", remedy)
    told: dict[str, Any] = {"gates": [gate.as_dict() for gate in found]}
    if override is not None:
        told |= {"overridden": failed, "reason": override.reason}
    return _put_into_use(registry, version, _PROMOTED, by, told | _named(request))


def rollback(
    reason: str, registry: Registry | None = None, by: str | None = None, request: Request | None = None
) -> Champion:
    """Return to the version that was in use before the champion; again to the one before that.

    Raises:
        CallerError: there is none before it, no reason was given, or the champion is another than the request was for.
    """
    if not reason.strip():
        raise CallerError("rollback", None, "needs a reason", "say why with --reason TEXT")
    registry = registry or Registry()
    if request is not None and (finished := _finished(registry, request)) is not None:
        return finished
    history = registry.history()
    in_use = stack(history)
    if history and history[-1]["action"] == _ROLLED_BACK and not _is_in_use(registry, in_use[-1]):
        # The last one was interrupted after it was noted.
        return _install(registry, in_use[-1])
    if len(in_use) < 2:
        told = in_use[-1] if in_use else "none"
        raise CallerError("champion", told, "has no version before it", "promote another version instead")
    facts = {"reason": reason, "from": in_use[-1]} | _named(request)
    return _put_into_use(registry, in_use[-2], _ROLLED_BACK, by, facts)


def stack(history: Iterable[dict[str, Any]]) -> list[str]:
    """Replay promotions and rollbacks: the versions in use one after another, each on what a rollback returns to."""
    versions: list[str] = []
    for each in history:
        if each["action"] == _ROLLED_BACK:
            versions.pop()
        elif versions[-1:] != [each["version"]]:
            versions.append(each["version"])
    return versions


def incumbent(registry: Registry) -> Incumbent | DataError | None:
    """Read the champion, why it cannot be compared with, or None where there is none yet."""
    version = registry.version_of(CHAMPION)
    if version is None:
        return None
    try:
        bundle, evidence = read_version(registry, version)
    except BundleError as error:
        return DataError("champion", f"version {version}", f"cannot be compared with ({error.cause})", error.remedy)
    return Incumbent(version, bundle, evidence)


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


def read_version(registry: Registry, version: str) -> tuple[Bundle, Evidence]:
    """Read what would go into use of a version, and what its training left behind.

    Raises:
        CallerError: no such version.
        UnavailableError: the registry does not answer.
        BundleError: the version's files are damaged, or made for other features.
    """
    with registry.bundle_of(version) as folder:
        bundle = read_bundle(folder)
    with registry.artifacts_of(version, FOLDER) as folder:
        return bundle, read_evidence(folder)


def _finished(registry: Registry, request: Request) -> Champion | None:
    """Finish a request that was noted before and interrupted; None where it has yet to begin."""
    history = registry.history()
    noted = [place for place, each in enumerate(history) if each.get("request") == request.name]
    if noted:
        # What came after it stands: an old request that is repeated must not bring an old version back.
        is_last = noted[-1] == len(history) - 1
        return _install(registry, history[-1]["version"]) if is_last else read_champion(home())
    champion = registry.version_of(CHAMPION)
    if champion != request.champion:
        cause = f"is in use by now, and not version {request.champion} as when this was asked for"
        raise CallerError("champion", champion, cause, "look at it again and ask anew")
    return None


def _named(request: Request | None) -> dict[str, str]:
    return {} if request is None else {"request": request.name, "reason": request.reason}


def _put_into_use(registry: Registry, version: str, action: str, by: str | None, told: dict[str, Any]) -> Champion:
    facts = {
        "action": action,
        "version": version,
        "by": by or _user(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with registry.bundle_of(version) as folder:
        # A damaged bundle is to leave no note.
        read_bundle(folder)
    registry.note(version, facts | told)
    return _install(registry, version)


def _install(registry: Registry, version: str) -> Champion:
    registry.point(CHAMPION, version)
    with registry.bundle_of(version) as folder:
        return install(folder, version, home())


def _is_in_use(registry: Registry, version: str) -> bool:
    try:
        return registry.version_of(CHAMPION) == version == read_champion(home()).version
    except BundleError:
        return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a user that has no name.
        return f"user {os.getuid()}"
