"""What commands say of settings that cannot be meant, or are none."""

import pytest

from skillbridge.domain.errors import Unavailable
from skillbridge.entrypoints.cli import doctor as doctor_module
from skillbridge.entrypoints.cli.serve import serve
from skillbridge.settings import UnsafeSettings

pytestmark = pytest.mark.row("A6")
MISSPELT = "SKILLBRIDGE_PROT"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SKILLBRIDGE_ENV", "local")


def test_doctor_tells_what_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(MISSPELT, "hidden")
    monkeypatch.setattr(doctor_module, "checks", lambda _: [])
    doctor_module.doctor()
    told = capsys.readouterr().out
    assert f"{MISSPELT} is no setting: did you mean PORT?" in told
    assert "hidden" not in told


@pytest.mark.parametrize(
    ("env", "url", "error"),
    [
        ("", "", UnsafeSettings),
        ("local", "", Unavailable),
        ("local", "postgresql://a:b@127.0.0.1:1/x", Unavailable),
    ],
)
def test_who_serves_without_a_database_hears_of_what_needs_none(
    env: str, url: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLBRIDGE_ENV", env)
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(error, match="`skillbridge serve --memory` needs no database"):
        serve(port=1)


@pytest.mark.parametrize("env", ["staging", " Production"])
def test_nobody_serves_from_memory_on_a_server(env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLBRIDGE_ENV", env)
    with pytest.raises(UnsafeSettings) as refused:
        serve(port=1)
    assert "--memory" not in str(refused.value)
