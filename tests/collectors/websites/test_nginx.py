"""A real web server instead of a scripted one: nginx with TLS, HTTP/2, gzip, passwords and a dead application behind it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from command_centre.domain.reading import Reading, Reason, Status
from tests.support.http_servers import GOOD_PAGE, HOST, Authority, free_port, look_at, naming, value

pytestmark = pytest.mark.nginx
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@dataclass(frozen=True, slots=True)
class Nginx:
    plain: int
    tls: int
    ca_file: str


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Nginx]:
    if not os.access(NGINX, os.X_OK):
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "www").mkdir()
    (folder / "www" / "index.html").write_text(GOOD_PAGE * 20, encoding="utf-8")
    place = Nginx(free_port(), free_port(), str(authority.ca_file))
    (folder / "nginx.conf").write_text(_configuration(folder, place, authority), encoding="utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run(command, check=True, timeout=10)
    yield place
    subprocess.run([*command, "-s", "quit"], check=True, timeout=10)


def _configuration(folder: Path, place: Nginx, authority: Authority) -> str:
    pem = authority.good(HOST, f"www.{HOST}").file
    temporary = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root; " if os.geteuid() == 0 else ""
    return f"""
{user}worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; {temporary} root {folder}/www; charset utf-8; types {{ text/html html; }} gzip on; gzip_min_length 1;
  server {{
    listen 127.0.0.1:{place.plain};
    location /mati {{ proxy_pass http://127.0.0.1:{free_port()}; }}
    location /tutup {{ return 444; }}
    location /rawat {{ add_header Retry-After 3600 always; return 503; }}
    location /aman {{ return 301 https://{HOST}:{place.tls}/; }}
    location /batas {{ return 429; }}
  }}
  ssl_certificate {pem}; ssl_certificate_key {pem};
  server {{ listen 127.0.0.1:{place.tls} ssl http2 default_server; ssl_reject_handshake on; }}
  server {{ listen 127.0.0.1:{place.tls} ssl http2; server_name {HOST}; }}
}}
"""


def _look(nginx: Nginx, url: str) -> Reading:
    async def scene() -> Reading:
        async with naming({"*": ["127.0.0.1"]}) as dns:
            return await look_at(url, servers=(dns.address,), ca_file=nginx.ca_file)

    return asyncio.run(scene())


def test_a_real_site_over_tls_and_http2_is_up(nginx: Nginx) -> None:
    reading = _look(nginx, f"https://{HOST}:{nginx.tls}/")
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert reading.evidence["http_version"] == "2"
    assert reading.evidence["last_modified"]
    assert value(reading, "body_bytes") == len((GOOD_PAGE * 20).encode()), "gzip was undone"


def test_a_real_redirect_to_tls_is_followed(nginx: Nginx) -> None:
    reading = _look(nginx, f"http://{HOST}:{nginx.plain}/aman")
    assert (reading.status, value(reading, "redirects_total")) == (Status.UP, 1)


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/mati", Status.DOWN, Reason.HTTP_STATUS),
        ("/tutup", Status.DOWN, Reason.EMPTY_REPLY),
        ("/rawat", Status.DEGRADED, Reason.MAINTENANCE),
        ("/batas", Status.DEGRADED, Reason.RATE_LIMITED),
        ("/tidak-ada", Status.DOWN, Reason.HTTP_STATUS),
    ],
)
def test_each_trouble_of_a_real_server_has_its_reason(nginx: Nginx, path: str, status: Status, reason: Reason) -> None:
    reading = _look(nginx, f"http://{HOST}:{nginx.plain}{path}")
    assert (reading.status, reading.reason) == (status, reason)


def test_a_name_the_server_does_not_serve_is_refused_in_the_handshake(nginx: Nginx) -> None:
    assert _look(nginx, f"https://lain.test:{nginx.tls}/").reason is Reason.TLS_HANDSHAKE


def test_plain_http_to_the_tls_port_is_a_wrong_status(nginx: Nginx) -> None:
    reading = _look(nginx, f"http://{HOST}:{nginx.tls}/")
    assert (reading.reason, value(reading, "http_status_code")) == (Reason.HTTP_STATUS, 400)
