"""A real nginx in front of the API, set up as people set it up."""

import asyncio
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from skillbridge.local.ports import HOST
from skillbridge.local.waiting import until

CLIENT = "203.0.113.9"
"""The address that nginx says its clients have."""
PREFIX = "/skillbridge"

CONFIGURATION = """\
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
{account}
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  gzip on;
  gzip_proxied any;
  gzip_min_length 1;
  gzip_types application/json application/problem+json text/event-stream;
  server {{
    listen {host}:{port};
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For "$http_x_forwarded_for, {client}";
    location {prefix}/ {{ proxy_pass http://{host}:{api}/; }}
    # Some strip this, to compress by themselves whatever the server could do.
    location /compressing/ {{
      proxy_set_header Accept-Encoding "";
      proxy_set_header X-Forwarded-For "$http_x_forwarded_for, {client}";
      proxy_pass http://{host}:{api}/;
    }}
  }}
}}
"""


def found() -> str:
    """The program; a machine without it skips with a word, the one that decides does not."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if program is None:
        if os.environ.get("CI"):
            raise AssertionError("nginx is not here: .ci/run installs it")
        pytest.skip("nginx is not here: apt-get install nginx-light")
    return program


@asynccontextmanager
async def nginx(api: int, port: int, folder: Path) -> AsyncIterator[None]:
    """It forwards `PREFIX` and `/compressing` at `port` to the API."""
    settings = CONFIGURATION.format(
        folder=folder, host=HOST, port=port, api=api, client=CLIENT, prefix=PREFIX,
        account="user root;" if os.geteuid() == 0 else "",
    )  # fmt: skip
    (folder / "nginx.conf").write_text(settings)
    process = await asyncio.create_subprocess_exec(
        found(), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"),
        stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    try:
        await until(lambda: process.returncode is not None or _listens(port), every=0.02)
        assert process.returncode is None, (folder / "error.log").read_text()
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((HOST, port)) == 0
