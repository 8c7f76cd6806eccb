"""What wrk prints, as figures."""

import shutil

import pytest
from bench.wrk import Failing, NoWrk, lacking, read, read_crowd, require_wrk

PRINTED = """\
Running 3s test @ http://127.0.0.1:8000/v1/roadmaps
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    15.90ms    4.01ms  61.20ms   86.02%
    Req/Sec     4.05k   321.00     4.50k    80.00%
  Latency Distribution
     50%   15.10ms
     75%   17.00ms
     90%   20.00ms
     99%   30.21ms
  12109 requests in 3.01s, 66.02MB read
Requests/sec:   4022.92
Transfer/sec:     21.93MB
"""


def test_requests_time_and_the_slowest_hundredth_are_read() -> None:
    answered = read(PRINTED)
    assert (answered.requests, answered.seconds, answered.p99_ms) == (12109, 3.01, 30.21)


@pytest.mark.parametrize(("told", "ms"), [("1.50s", 1500), ("812.00us", 0.812), ("2.00ms", 2)])
def test_the_unit_is_minded(told: str, ms: float) -> None:
    assert read(PRINTED.replace("30.21ms", told)).p99_ms == pytest.approx(ms)


@pytest.mark.parametrize(
    "trouble", ["  Non-2xx or 3xx responses: 7\n", "  Socket errors: connect 0, read 3, write 0\n"]
)
def test_a_server_that_fails_is_not_measured(trouble: str) -> None:
    with pytest.raises(Failing, match=trouble.strip()):
        read(PRINTED + trouble)


def test_output_of_something_else_is_not_measured() -> None:
    with pytest.raises(Failing):
        read("unable to connect to 127.0.0.1:8000 Connection refused\n")


def test_without_wrk_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NoWrk, match="apt-get install wrk"):
        require_wrk()
    assert "wrk is not installed" in str(lacking())


def test_of_a_crowd_errors_and_what_came_too_late_are_no_good() -> None:
    plain = read_crowd(PRINTED)
    assert (plain.requests, plain.good, plain.p99_ms) == (12109, 12109, 30.21)
    trouble = "  Socket errors: connect 3, read 0, write 0, timeout 100\n"
    refused = "  Non-2xx or 3xx responses: 2000\n"
    assert read_crowd(PRINTED + trouble + refused).good == 10009
    none_good = read_crowd(PRINTED + trouble + "  Non-2xx or 3xx responses: 12109\n")
    assert none_good.good == 0
    with pytest.raises(Failing):
        read_crowd("unable to connect\n")
