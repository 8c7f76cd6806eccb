"""What runs on memory needs nothing but Python."""

import socket

import pytest


@pytest.mark.row("A9")
@pytest.mark.parametrize("backend", ["memory"])
def test_what_runs_on_memory_is_marked_and_gets_no_socket(
    backend: str, request: pytest.FixtureRequest
) -> None:
    assert request.node.get_closest_marker(backend)
    with pytest.raises(UserWarning, match=r"tried to use socket\.socket"):
        socket.socket()
    with pytest.raises(UserWarning, match=r"tried to use socket\.getaddrinfo"):
        socket.getaddrinfo("localhost", 80)
