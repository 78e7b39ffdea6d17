import pytest

from serving.access.permissions import PERMISSIONS, may, require
from serving.access.principal import ROLES, Principal
from serving.errors import ForbiddenError


@pytest.mark.parametrize("role", ROLES)
def test_an_unknown_action_nobody_may(role):
    assert not may(Principal("x", role), "launch_rockets")
    with pytest.raises(ForbiddenError, match=r"role \w+: may not launch rockets; ask somebody who may \(nobody\)"):
        require(Principal("x", role), "launch_rockets")


def test_a_scope_narrows_and_never_widens():
    scoped = Principal("x", "underwriter", frozenset(["get_limit", "check_order"]))
    assert may(scoped, "get_limit")
    assert not may(scoped, "override_limit")
    assert not may(scoped, "check_order")


def test_no_role_is_without_use():
    assert set(ROLES) == {role for roles in PERMISSIONS.values() for role in roles}
