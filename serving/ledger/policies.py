"""The policy's versions, recorded in the database so that decisions there follow from what stands there."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from features.errors import ConfigError
from models.policy import Policy
from serving.database.queries import query


def record_policies(connection: psycopg.Connection[Any], versions: Iterable[Policy]) -> None:
    """Record each version once; a version never changes.

    Raises:
        ConfigError: the database holds other terms under a version's name.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        for policy in versions:
            terms = terms_of(policy)
            try:
                cursor.execute(
                    query("record_policy"), terms | {"country_ceiling_cents": Jsonb(policy.ceilings.country)}
                )
            except psycopg.errors.UniqueViolation as error:
                raise ConfigError(
                    "policy version",
                    policy.version,
                    f"begins on {policy.effective_from}, where the database has another version",
                    "give it a first day of its own",
                ) from error
            recorded = cursor.execute(query("recorded_policy"), [policy.version]).fetchone()
            differing = [name for name, value in terms.items() if recorded is None or recorded[name] != value]
            if differing:
                raise ConfigError(
                    "policy version",
                    policy.version,
                    f"is recorded in the database with another {', '.join(differing)}",
                    "give changed terms a version and first day of their own",
                )


def terms_of(policy: Policy) -> dict[str, Any]:
    """Give a version's terms as the database keeps them."""
    return {
        "policy_version": policy.version,
        "effective_from": policy.effective_from,
        "buyer_cap_cents": policy.buyer_cap,
        "discretionary_cents": policy.discretionary_limit,
        "standard_bp": policy.compensation_rate.standard,
        "whitelisted_bp": policy.compensation_rate.whitelisted,
        "reservation_days": policy.reservation_days,
        "longest_terms_days": policy.longest_terms_days,
        "exporter_ceiling_cents": policy.ceilings.exporter,
        "country_ceiling_cents": policy.ceilings.country,
        "year_ceiling_cents": policy.ceilings.programme_year,
        "window_days": policy.referral.window_days,
        "new_exporters": policy.referral.new_exporters,
        "jump_over_paid": policy.referral.jump_over_paid,
        "jump_floor_cents": policy.referral.jump_floor,
    }
