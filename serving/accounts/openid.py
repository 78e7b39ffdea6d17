"""Sign-in through an OpenID provider: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636).

Authlib speaks with the provider; joserfc checks the signature and claims of the identity token.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from features.errors import ConfigError, UnavailableError
from serving.access.principal import Principal, Role
from serving.errors import ForbiddenError, NotSignedInError
from serving.settings import Settings

# Of several roles that a provider names, the first of these is taken. No provider makes anybody the platform.
_ROLES: tuple[Role, ...] = ("senior", "underwriter", "modeller", "auditor")
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_TIMEOUT_S = 10.0
_LEEWAY_S = 60


@dataclass(frozen=True, slots=True)
class Pending:
    """What the browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    back: str

    def written(self) -> str:
        """Write it for a cookie."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str | None) -> "Pending":
        """Read it from a cookie.

        Raises:
            NotSignedInError: it is not there or was cut.
        """
        try:
            return cls(**json.loads(text or ""))
        except (ValueError, TypeError) as error:
            raise NotSignedInError("sign-in", None, "was not begun in this browser", "begin again") from error


async def leave_for_provider(settings: Settings, redirect_uri: str, back: str) -> tuple[str, Pending]:
    """Give the provider's address to go to, and what to keep meanwhile.

    Raises:
        ConfigError: the settings or the provider's own description cannot be used.
        UnavailableError: the provider does not answer.
    """
    pending = Pending(generate_token(32), generate_token(32), generate_token(64), back)
    described = await _described(settings)
    async with _client(settings, redirect_uri) as client:
        address, _ = client.create_authorization_url(
            described["authorization_endpoint"],
            state=pending.state,
            code_verifier=pending.verifier,
            nonce=pending.nonce,
        )
    return str(address), pending


async def come_back(settings: Settings, redirect_uri: str, address: str, pending: Pending) -> Principal:
    """Exchange the code for the identity token, check it, and tell who it names.

    Raises:
        ForbiddenError: the provider names no role of ours for the person.
        NotSignedInError: the answer is not to what was asked, or the token does not hold.
        UnavailableError: the provider does not answer.
    """
    described = await _described(settings)
    try:
        async with _client(settings, redirect_uri, pending.state) as client:
            token = await client.fetch_token(
                described["token_endpoint"], authorization_response=address, code_verifier=pending.verifier
            )
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            keys = KeySet.import_key_set((await client.get(described["jwks_uri"])).raise_for_status().json())
        claims = _checked(settings, described, token["id_token"], keys, pending)
    except httpx.HTTPError as error:
        raise _away(settings, error) from error
    except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
        raise NotSignedInError("sign-in", settings.oidc_title, f"did not hold ({error})", "begin again") from error
    return Principal(_name(claims), _role(settings, claims))


def _client(settings: Settings, redirect_uri: str, state: str | None = None) -> AsyncOAuth2Client:
    secret = settings.oidc_client_secret
    return AsyncOAuth2Client(
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope="openid profile",
        redirect_uri=redirect_uri,
        state=state,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        timeout=_TIMEOUT_S,
    )


async def _described(settings: Settings) -> dict[str, Any]:
    """Read the provider's description of itself (OpenID Connect Discovery 1.0)."""
    assert settings.oidc_issuer is not None, "the page is there only with a provider"
    parts = urlsplit(settings.oidc_issuer)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise ConfigError("BOLANGGU_OIDC_ISSUER", settings.oidc_issuer, "is not an https address", "name one")
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            answer = await client.get(f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration")
        described: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise _away(settings, error) from error
    if described.get("issuer") != settings.oidc_issuer:
        cause = f"calls itself {described.get('issuer')}"
        raise ConfigError("BOLANGGU_OIDC_ISSUER", settings.oidc_issuer, cause, "use exactly that name")
    return described


def _checked(
    settings: Settings, described: dict[str, Any], token: str, keys: KeySet, pending: Pending
) -> dict[str, Any]:
    """Check the identity token: signature, issuer, audience, times, and that it answers this very sign-in."""
    decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
    jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": described["issuer"]},
        aud={"essential": True, "value": settings.oidc_client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": pending.nonce},
        sub={"essential": True},
    ).validate(decoded.claims)
    return decoded.claims


def _name(claims: dict[str, Any]) -> str:
    """Name the person as people know it, and by the provider's own id, for names may be given twice."""
    shown = claims.get("preferred_username") or claims.get("name")
    return f"{shown} ({claims['sub']})" if shown else str(claims["sub"])


def _role(settings: Settings, claims: dict[str, Any]) -> Role:
    named = claims.get(settings.oidc_role_claim, [])
    roles = {named} if isinstance(named, str) else set(named)
    found = next((role for role in _ROLES if role in roles), None)
    if found is None:
        cause = f"has none of the roles {', '.join(_ROLES)} at the provider"
        raise ForbiddenError("person", _name(claims), cause, "ask who keeps the accounts there")
    return found


def _away(settings: Settings, error: Exception) -> UnavailableError:
    return UnavailableError(
        "OpenID provider", settings.oidc_issuer, f"does not answer ({type(error).__name__})", "try again shortly"
    )
