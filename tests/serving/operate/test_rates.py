import subprocess
import sys

import pytest

from serving.operate.rates import Rates

SECOND = 10**9
# One of two processes of a server: asks as often as it may while the clock stands still, in turn with the other.
WORKER = """
import sys
from pathlib import Path
from serving.operate.rates import Rates
rates = Rates(50, Path(sys.argv[1]), lambda: 7 * 10**9)
print(rates.wait_s("k"), flush=True)
sys.stdin.readline()
print(sum(rates.wait_s("k") == 0 for _ in range(200)))
"""


def test_a_bucket_fills_again():
    now = 100 * SECOND
    rates = Rates(2, clock_ns=lambda: now)
    assert [rates.wait_s("k") for _ in range(3)] == [0, 0, 0.5]
    now += SECOND // 2
    assert [rates.wait_s("k") for _ in range(2)] == [0, 0.5]
    assert rates.wait_s("another") == 0
    assert [Rates(0).wait_s("k") for _ in range(9)] == [0] * 9


def test_a_bucket_holds_no_more_than_a_seconds_worth_but_one_request_at_least():
    now = 100 * SECOND
    rates, rarely = Rates(4, clock_ns=lambda: now), Rates(0.1, clock_ns=lambda: now)
    assert [rates.wait_s("k") for _ in range(5)] == [0, 0, 0, 0, 0.25]
    assert [rarely.wait_s("k") for _ in range(2)] == [0, 10]
    now += 3600 * SECOND
    assert [rates.wait_s("k") for _ in range(5)] == [0, 0, 0, 0, 0.25]
    assert [rarely.wait_s("k") for _ in range(2)] == [0, 10]


@pytest.mark.parametrize("workers", [2, 3])
def test_the_workers_of_a_server_share_one_rate(tmp_path, workers):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(workers)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "0.0\n"
    # All are there, and now ask at once.
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate()[0] for process in processes]
    assert workers + sum(map(int, told)) == 50


def test_a_worker_that_comes_later_finds_the_bucket_as_it_is(tmp_path):
    rates = [Rates(3, tmp_path, lambda: SECOND) for _ in range(2)]
    assert [rates[0].wait_s("k") for _ in range(3)] == [0, 0, 0]
    assert rates[1].wait_s("k") == pytest.approx(1 / 3)
    assert rates[1].wait_s("another") == 0
