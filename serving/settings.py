"""Settings of the service: environment variables that start with `BOLANGGU_`, and their defaults."""

import hashlib
import os
import stat
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from features.errors import ConfigError

_ROOTS_DATA = Path("/var/lib/bolanggu")
Count = Annotated[int, Field(ge=1, le=1_000)]
Seconds = Annotated[float, Field(gt=0, le=3_600)]


class Settings(BaseSettings):
    """What an operator may set; each field is the environment variable `BOLANGGU_<FIELD>`."""

    # An empty variable is as if it were not set.
    model_config = SettingsConfigDict(env_prefix="BOLANGGU_", frozen=True, env_ignore_empty=True)

    home: Path = Field(Path(".bolanggu"), description="folder of all local data")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or newer, as a libpq URL; without one a PostgreSQL is run under the home"
    )
    pool_size: Count = Field(8, description="database connections of one server process")
    pool_timeout_s: Seconds = Field(5, description="longest wait for a connection before a request gets 503")
    statement_timeout_s: Seconds = Field(10, description="longest run of one SQL statement")
    check_lanes: Count = Field(2, description="order-check statements that one server process runs at once")
    check_batch: Count = Field(256, description="most concurrent order checks that share one statement")
    expiry_interval_s: Seconds = Field(60, description="pause between sweeps that free expired reservations")
    rescore_interval_s: Seconds = Field(0.2, description="pause between looks for new facts that may move a limit")
    registry_command: str | None = Field(
        None,
        description="program that the service asks about the registry of models; `bolanggu serve` names its own, "
        "and an empty one leaves the service without",
    )
    otlp_endpoint: str | None = Field(
        None, description="OpenTelemetry collector (OTLP over HTTP) that gets a trace of each request; none by default"
    )
    oidc_issuer: str | None = Field(
        None, description="OpenID provider through whom people sign in to the console; without one only local accounts"
    )
    oidc_client_id: str = Field("bolanggu", description="the console's name at the OpenID provider")
    oidc_client_secret: SecretStr | None = Field(None, description="the console's secret at the OpenID provider")
    oidc_role_claim: str = Field("roles", description="claim of the provider's token that names a person's roles")
    oidc_title: str = Field("OpenID", description="what the provider is called on the sign-in page")

    platform_key: Annotated[SecretStr, Field(min_length=32)] | None = Field(
        None, description="a platform key to admit at start, at least 32 random characters; kept as a hash"
    )
    key_cache_s: Annotated[float, Field(ge=0, le=60)] = Field(
        5, description="how long a server process remembers whose a key is, and so until a revoked one is refused"
    )
    rate_per_s: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        5_000,
        description="requests a second of one key to one server, all its workers together, before 429; 0 for no bound",
    )
    body_limit_bytes: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = Field(
        16_000_000, description="largest body of a request before 413"
    )
    request_timeout_s: Seconds = Field(60, description="longest time of one request before 503")

    @property
    def postgres_folder(self) -> Path:
        """Where the embedded PostgreSQL keeps its data.

        PostgreSQL never runs as root: root's server runs as a user of its own, who has to get there. Where the home
        is closed to others, the data lies under /var/lib instead, in a folder named after the home.
        """
        folder = self.home.expanduser().resolve() / "postgres"
        if os.geteuid() != 0 or _is_open_to_all(folder.parent):
            return folder
        return _ROOTS_DATA / hashlib.sha256(str(folder).encode()).hexdigest()[:16]


def _is_open_to_all(folder: Path) -> bool:
    """Tell whether any user may pass through the folder; what is not there yet will be made so."""
    there = [each for each in (folder, *folder.parents) if each.exists()]
    return all(each.stat().st_mode & stat.S_IXOTH for each in there)


@cache
def settings() -> Settings:
    """Read the environment once.

    Raises:
        ConfigError: a variable has a value that cannot be.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = "BOLANGGU_" + "_".join(str(part) for part in fault["loc"]).upper()
        raise ConfigError("environment variable", name, fault["msg"], "set it anew or unset it") from error
