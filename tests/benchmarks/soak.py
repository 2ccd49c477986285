"""The main job on real input: nginx sites with real TLS on loopback, the product as its user would run it (``mode: live``).

    python -m tests.benchmarks.soak --minutes 30 [--database sqlite|postgresql] [--sites 120]

Prints what was seen: sweeps, lateness, processor time, memory, size of the database, incidents that opened and healed. Nothing
is asserted; the numbers go into the note of whoever ran it. Only 127.0.0.0/8 is contacted, and it stops by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy
from sqlalchemy import create_engine, text

from command_centre.demo.certificates import CertificateAuthority
from command_centre.demo.name_server import Answer, NameServer, Rcode

ROOT = Path(__file__).resolve().parents[2]
NGINX = "/usr/sbin/nginx"
EVERY_SECONDS = 60
PAGE = "<!doctype html><html lang=id><title>Situs {n}</title><h1>Situs {n}</h1>" + "<p>Layanan publik kota, contoh.</p>" * 400


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the run takes place: one temporary folder, one web server, one name server."""

    folder: Path
    hosts: Sequence[str]
    http_port: int
    https_port: int
    dns_server: str

    def write_nginx(self, broken: Sequence[str]) -> None:
        """The configuration of nginx; ``broken`` hosts answer 502."""
        servers = "\n".join(self._server(host, is_broken=host in broken) for host in self.hosts)
        (self.folder / "nginx.conf").write_text(
            f"""worker_processes 1; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  access_log off; server_names_hash_bucket_size 128; gzip on; default_type text/html; charset utf-8; root {self.folder}/www;
  client_body_temp_path {self.folder}/t1; proxy_temp_path {self.folder}/t2; fastcgi_temp_path {self.folder}/t3;
  uwsgi_temp_path {self.folder}/t4; scgi_temp_path {self.folder}/t5;
  server {{ listen 127.0.0.1:{self.http_port}; server_name _; return 301 https://$host$request_uri; }}
{servers}
}}
"""
        )

    def reload_nginx(self) -> None:
        os.kill(int((self.folder / "nginx.pid").read_text()), signal.SIGHUP)

    def _server(self, host: str, *, is_broken: bool) -> str:
        (pem,) = self.folder.glob(f"ca/host-{host}-*.pem")
        answer = "return 502;" if is_broken else "location / { try_files /index.html =404; }"
        return (
            f"  server {{ listen 127.0.0.1:{self.https_port} ssl; server_name {host}; ssl_certificate {pem}; "
            f"ssl_certificate_key {pem}; {answer} }}"
        )

    def write_product(self, database_url: str, web_port: int) -> Path:
        """``config.yaml`` and the register of a live city whose names only our own name server knows."""
        rows = [
            f"situs:soak-{n};Situs contoh {n};Situs {n};Uji;OPD;;;governance;{'https' if n % 3 else 'http'}://{host}/;uji;;"
            for n, host in enumerate(self.hosts)
        ]
        head = "key;name;short_name;owner;group;kelurahan;kecamatan;dimension;address;source;valid_from;note"
        (self.folder / "sites.csv").write_text("\n".join([head, *rows]) + "\n")
        config = self.folder / "config.yaml"
        config.write_text(
            f"""mode: live
city: {{name: Kota Uji, contact: uji@contoh.go.id}}
web: {{host: 127.0.0.1, port: {web_port}}}
storage: {{url: "env:SOAK_DATABASE_URL"}}
collectors:
  - kind: websites
    every: {EVERY_SECONDS}s
    timeout: 10s
    servers: ["{self.dns_server}"]
    connect_to: {{80: {self.http_port}, 443: {self.https_port}}}
    ca_file: {self.folder}/ca/ca.pem
uplink: {{every: 15s, references: ["127.0.0.1:{self.https_port}"]}}
inventory: {{sites: sites.csv, groups: [OPD]}}
walls:
  - {{name: utama, screens: [ringkasan, situs], every: 30s}}
"""
        )
        return config


@contextlib.contextmanager
def ground(count: int, dns: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[Ground]:
    """A folder with certificates and pages, a name server in a thread and nginx in a process; all ended at the end."""
    with tempfile.TemporaryDirectory(prefix="cc-soak-") as name, _name_server(dns) as dns_server:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "www").mkdir()
        (folder / "www" / "index.html").write_text(PAGE.format(n="contoh"))
        (folder / "ca").mkdir()
        hosts = [f"situs{n}.kota.test" for n in range(count)]
        CertificateAuthority(folder / "ca", datetime.now(UTC)).prepare(hosts, datetime.now(UTC))
        here = Ground(folder, hosts, _free_port(), _free_port(), dns_server)
        here.write_nginx(())
        web = subprocess.Popen([NGINX, "-p", name, "-c", str(folder / "nginx.conf")])
        try:
            _wait_until_open(here.https_port)
            yield here
        finally:
            web.terminate()
            web.wait(10)


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def _name_server(address: tuple[str, int]) -> Iterator[str]:
    """Every name lives on 127.0.0.1. In a process of its own: its work is not ours."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve_names, args=(address, theirs), daemon=True)
    process.start()
    try:
        yield str(ours.recv())
    finally:
        process.terminate()
        process.join(5)


def _serve_names(address: tuple[str, int], tell: Connection) -> None:
    async def serve() -> None:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: NameServer(lambda _: Answer(Rcode.NOERROR, "127.0.0.1")), address
        )
        tell.send("{}:{}".format(*transport.get_extra_info("sockname")))
        await asyncio.Event().wait()

    asyncio.run(serve())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Footprint:
    """Processor seconds and resident bytes of one process of ours."""

    name: str
    cpu_seconds: float
    resident_bytes: int


def _footprints(supervisor: int) -> list[Footprint]:
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [_footprint(int(pid)) for pid in children]


def _footprint(pid: int) -> Footprint:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    seconds = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return Footprint(words[2].decode() if len(words) > 2 else str(pid), seconds, resident)


def _run(here: Ground, database_url: str, minutes: float) -> None:
    config = here.write_product(database_url, _free_port())
    log = (here.folder / "product.log").open("wb")
    environment = {**os.environ, "SOAK_DATABASE_URL": database_url}
    product = subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "all", "--config", str(config)], env=environment, stderr=log
    )
    began = time.monotonic()
    try:
        while (passed := time.monotonic() - began) < minutes * 60:
            broken = here.hosts[:5] if int(passed // 180) % 2 else ()  # three minutes whole, three minutes five sites broken
            here.write_nginx(broken)
            here.reload_nginx()
            _wait(product, min(180 - passed % 180, minutes * 60 - passed))
        _report(here, database_url, product.pid, time.monotonic() - began)
    finally:
        product.send_signal(signal.SIGTERM)
        product.wait(30)
        log.close()
        print((here.folder / "product.log").read_text()[-2000:])


def _wait(product: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = product.wait(max(seconds, 0.1))
        raise RuntimeError(f"the product ended by itself with code {code}")


QUESTIONS = {
    "readings": "select count(*) from reading",
    "of sites": "select count(*) from reading r join target t on t.id = r.target_id where t.kind = 'site'",
    "by status": "select status, count(*) from reading where tentative = false group by status",
    "by reason": "select reason, count(*) from reading group by reason order by 2 desc",
    "tentative": "select count(*) from reading where tentative = true",
    "incidents": "select count(*), count(resolved_at) from incident",
    "spans": "select status, count(*) from span group by status",
    "rollups": "select resolution_seconds, count(*) from rollup group by resolution_seconds order by 1",
    "longest gap between looks at a site, s": (
        "select max(gap) / 1000.0 from (select at - lag(at) over (partition by target_id order by at) as gap "
        "from reading r join target t on t.id = r.target_id where t.kind = 'site') g"
    ),
}


def _report(here: Ground, database_url: str, supervisor: int, seconds: float) -> None:
    print(f"ran {seconds / 60:.1f} min, {len(here.hosts)} sites every {EVERY_SECONDS} s, on {database_url.partition(':')[0]}")
    for each in _footprints(supervisor):
        print(
            f"  {each.name:8} {each.cpu_seconds:7.1f} s of processor time ({100 * each.cpu_seconds / seconds:.2f} % of a core), "
            f"{each.resident_bytes / 2**20:.0f} MB resident"
        )
    engine = create_engine(database_url)
    with engine.connect() as connection:
        for title, question in QUESTIONS.items():
            print(f"  {title}: {', '.join(str(tuple(row)) for row in connection.execute(text(question)))}")
        print(f"  of ourselves: {_self_values(connection)}")
        if engine.dialect.name == "postgresql":
            print(f"  database: {connection.execute(text('select pg_database_size(current_database())')).scalar()} bytes")
        else:
            path = Path(database_url.partition(":///")[2])
            files = [path, path.with_name(path.name + "-wal")]
            print(f"  database: {sum(each.stat().st_size for each in files if each.exists())} bytes")
    engine.dispose()


def _self_values(connection: sqlalchemy.Connection) -> str:
    """The writer's own series, as least / mean / greatest of its minutes."""
    rows = connection.execute(
        text(
            "select m.name, min(r.low), sum(r.total) / sum(r.count), max(r.high) from rollup r "
            "join series s on s.id = r.series_id join metric m on m.id = s.metric_id join target t on t.id = s.target_id "
            "where t.key = 'sendiri:kolektor' and r.resolution_seconds = 300 group by m.name order by m.name"
        )
    )
    return "; ".join(f"{name} {low:.4g} / {mean:.4g} / {high:.4g}" for name, low, mean, high in rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--sites", type=int, default=120)
    options = parser.parse_args()
    with ground(options.sites) as here:
        if options.database == "sqlite":
            _run(here, f"sqlite:///{here.folder}/soak.db", options.minutes)
        else:
            from tests.support.databases import running_postgresql

            with running_postgresql() as cluster:
                _run(here, cluster.url("city"), options.minutes)


if __name__ == "__main__":
    main()
