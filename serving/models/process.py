"""The registry by a program in a process of its own, for as long as one question takes.

Importing MLflow and holding versions against the gates are seconds of Python, which in a thread of the service would
hold up order checks; a process of low priority leaves them alone, and its 380 MB go when it ends.
"""

import asyncio
import json
import os
import shlex
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from features.errors import BolangguError, CallerError, UnavailableError
from serving.models.registry import DriftFound, Order, Reading

T = TypeVar("T", bound=BaseModel)

_TIMEOUT_S = 600.0
_REMEDY = "check BOLANGGU_REGISTRY_COMMAND and MLFLOW_TRACKING_URI, and try again"


class RegistryProcess:
    """Asks a program that reads one question from standard input and writes one answer (see `ModelRegistry`)."""

    def __init__(self, command: str, home: Path) -> None:
        """Keep the program, as a shell would split it, and the home that it is to work on."""
        self._command = shlex.split(command)
        self._home = home

    async def read(self, reports_held: list[str], gates_held: list[tuple[str, str]]) -> Reading:
        """Tell what there is."""
        return _checked(Reading, await self._ask("read", reports_held=reports_held, gates_held=gates_held))

    async def drift(self, book: Path, as_of: date) -> DriftFound:
        """Hold a book's day against the champion's training."""
        return _checked(DriftFound, await self._ask("drift", book=str(book), as_of=as_of.isoformat()))

    async def carry_out(self, order: Order) -> str:
        """Promote or roll back; give the version in use then."""
        request = {"name": order.name, "champion": order.champion, "reason": order.reason}
        if order.version is None:
            told = await self._ask("roll_back", by=order.by, request=request)
        else:
            told = await self._ask(
                "promote", version=order.version, is_override=order.is_override, by=order.by, request=request
            )
        return str(told["version"])

    async def _ask(self, name: str, **facts: object) -> dict[str, Any]:
        """Run the program with one question.

        Raises:
            UnavailableError: it does not start, ends badly, or says that the registry does not answer.
            BolangguError: what else it says.
        """
        told = await self._run(json.dumps({"ask": name, **facts}).encode())
        if "error" in told:
            fault = told["error"]
            kind = (
                UnavailableError if fault["is_unavailable"] else CallerError if fault["is_callers"] else BolangguError
            )
            raise kind(fault["subject"], fault["value"], fault["cause"], fault["remedy"])
        answer: dict[str, Any] = told["answer"]
        return answer

    async def _run(self, question: bytes) -> dict[str, Any]:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=os.environ | {"BOLANGGU_HOME": str(self._home)},
            )
        except OSError as error:
            raise _unavailable(f"cannot be started ({error.strerror})") from error
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                out, errors = await process.communicate(question)
        except TimeoutError as error:
            raise _unavailable(f"took longer than {_TIMEOUT_S:g} s") from error
        finally:
            if process.returncode is None:  # its time is up, or we are told to stop
                process.kill()
                await process.wait()
        try:
            told: dict[str, Any] = json.loads(out)
        except ValueError as error:
            last = errors.decode(errors="replace").strip().splitlines()[-1:] or ["no word"]
            raise _unavailable(f"ended with exit code {process.returncode} ({last[0][:200]})") from error
        return told


def _checked(kind: type[T], answer: dict[str, Any]) -> T:
    try:
        return kind.model_validate(answer)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise _unavailable(f"gave an answer that is not understood ({where}: {fault['msg']})") from error


def _unavailable(cause: str) -> UnavailableError:
    return UnavailableError("registry", None, cause, _REMEDY)
