"""Debian's snmpd and the testbed's recordings, started for a test and stopped by their process id."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SNMPD = Path("/usr/sbin/snmpd")
AUTH, PRIV = "sandi-otentikasi", "sandi-privasi"
START_SECONDS = 10

CONFIGURATION = f"""
agentAddress udp:127.0.0.1:{{port}}
sysName hs-balai-kota
sysContact noc@contoh.test
sysLocation Balai Kota
rocommunity umum 127.0.0.1
createUser sha SHA {AUTH} AES {PRIV}
createUser tanpa
createUser md5 MD5 {AUTH} DES {PRIV}
createUser sha512 SHA-512 {AUTH} AES-256 {PRIV}
createUser terbatas SHA {AUTH} AES {PRIV}
rouser sha priv
rouser tanpa noauth
rouser md5 priv
rouser sha512 priv
view hanyasistem included .1.3.6.1.2.1.1
rouser terbatas priv -V hanyasistem
"""


def free_port() -> int:
    """A UDP port nobody uses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def snmpd(folder: Path, port: int | None = None) -> Iterator[int]:
    """A real net-snmp agent with users of every level; yields its port. Started again in its folder it is the same engine."""
    port = port or free_port()
    (folder / "agent.conf").write_text(CONFIGURATION.format(port=port))
    files = ["-c", str(folder / "agent.conf"), "-Lf", str(folder / "log")]
    surroundings = {"MIBS": "", "SNMP_PERSISTENT_DIR": str(folder)}
    process = subprocess.Popen([str(SNMPD), "-f", "-C", *files, "-I", "-smux"], env=surroundings, stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _listens(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"snmpd did not start: {log.read_text() if log.exists() else 'no log'}")


def _listens(port: int) -> bool:
    wanted = f":{port:04X} "
    return any(wanted in line for line in Path("/proc/net/udp").read_text().splitlines())
