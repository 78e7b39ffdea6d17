import psycopg
import pytest


@pytest.mark.parametrize(
    "change", ["UPDATE access.audit SET who = 'x'", "DELETE FROM access.audit", "TRUNCATE access.audit"]
)
def test_the_trail_is_only_ever_added_to(sql, change):
    sql(
        "INSERT INTO access.audit (who, role, action, subject, subject_id)"
        " VALUES ('li', 'underwriter', 'write_note', 'buyer', 'b1')"
    )
    with pytest.raises(psycopg.errors.RestrictViolation):
        sql(change)
    assert sql("SELECT who FROM access.audit") == [("li",)]
