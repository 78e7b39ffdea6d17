"""Rounding to the policy's tiers, and what counts as a change."""

from bisect import bisect_left, bisect_right

from models.policy import BASIS_POINTS, Policy


def up_to_tier(cents: int, policy: Policy) -> int:
    """Round up to the next tier, the cap at most; nothing stays nothing."""
    if cents <= 0:
        return 0
    return policy.tiers[min(bisect_left(policy.tiers, cents), len(policy.tiers) - 1)]


def down_to_tier(cents: int, policy: Policy) -> int:
    """Round down to a tier; below the lowest there is nothing."""
    place = bisect_right(policy.tiers, cents)
    return policy.tiers[place - 1] if place else 0


def is_small_change(amount: int, previous: int, policy: Policy) -> bool:
    """Tell whether a change of a limit is too small to be made; from or to nothing it never is."""
    if amount == 0 or previous == 0:
        return amount == previous
    return abs(amount - previous) * BASIS_POINTS < policy.least_change * previous
