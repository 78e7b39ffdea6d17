import psycopg
import pytest

from features.errors import FileError
from serving.errors import RefusedError
from serving.ledger.verify import verify
from serving.operate.backup import back_up, restore
from tests.serving.ledger.asking import ask, order
from tests.serving.ledger.test_checks import AT

TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""


def contents(url):
    """Every row of every table."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {
            name: sorted(row for (row,) in connection.execute(f"SELECT t::text FROM {name} t").fetchall())
            for name in names
        }


def test_a_restored_backup_holds_everything_and_goes_on(database, new_database, tmp_path):
    ask(database, [order("o1"), order("o2", buyer_id="b2")], AT)
    file, then = tmp_path / "backup.dump", contents(database)
    assert back_up(database, file, is_embedded=True) == file.stat().st_size > 10_000
    ask(database, [order("o3")], AT)
    fresh = new_database("template1")
    restore(fresh, file, is_embedded=True)
    assert contents(fresh) == then
    with psycopg.connect(fresh, autocommit=True) as connection:
        assert [check for check in verify(connection) if check.broken] == []
    # It answers as before: what was decided stays so, and what came after the backup is decided anew.
    again, new = ask(fresh, [order("o1"), order("o3")], AT)
    assert (again.cover_id, new.cover_id) == (1, 3)


def test_what_cannot_be_restored_is_told(database, new_database, tmp_path):
    with pytest.raises(FileError, match="is not there"):
        restore(new_database("template1"), tmp_path / "none", is_embedded=True)
    (tmp_path / "file").write_text("no backup")
    with pytest.raises(RefusedError, match="holds something already"):
        restore(database, tmp_path / "file", is_embedded=True)
    with pytest.raises(Exception, match="pg_restore says"):
        restore(new_database("template1"), tmp_path / "file", is_embedded=True)
