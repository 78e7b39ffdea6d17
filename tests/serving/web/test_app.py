import subprocess
import sys


def test_a_process_that_ends_at_once_ends_silently():
    """Modules that a thread still works with are not taken down: DuckDB's would tell of leaks on standard error."""
    program = "from serving.web.app import create_console; create_console()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert ended.stderr == ""
