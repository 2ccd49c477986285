"""The city's certificate authority and the certificates of its hosts, kept on disk between runs. Trusted by nobody else."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from command_centre.demo.faults import Fault, FaultKind
from command_centre.demo.files import write_whole
from command_centre.demo.validity import LEAF_LIFE, Validity, faulty_validity, ordinary_validity

CA_LIFE = timedelta(days=3650)
EARLY = timedelta(hours=1)
CA_FILE = "ca.pem"
WRONG_HOST = "server-lama.example"


class CertificateAuthority:
    """Issues and remembers the certificates of the city. ``folder`` holds the root and one file per certificate."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self._folder = folder
        self._key, self._root = _root_in(folder, at)
        self._contexts: dict[tuple[str, Fault | None], ssl.SSLContext] = {}

    @property
    def ca_file(self) -> Path:
        """PEM of the root: what a client must trust."""
        return self._folder / CA_FILE

    def context(self, host: str, fault: Fault | None, at: datetime) -> ssl.SSLContext:
        """The server side of TLS for ``host``; a fault about certificates chooses another certificate, other faults none."""
        about = fault if fault is not None and fault.kind.is_about_certificate else None
        known = self._contexts.get((host, about))
        if known is None:
            known = self._contexts[host, about] = _server_context(self._leaf_file(host, about, at))
        return known

    def forget(self, host: str, fault: Fault) -> None:
        """Drop what was made for a fault that is over: the next time it is made afresh."""
        self._contexts.pop((host, fault), None)

    def prepare(self, hosts: Sequence[str], at: datetime) -> None:
        """Have every host's ordinary certificate on disk and loaded, and remove those that nobody uses any more."""
        wanted = {self._leaf_file(host, None, at) for host in hosts}
        for stale in set(self._folder.glob("host-*.pem")) - wanted:
            stale.unlink(missing_ok=True)
        for host in hosts:
            self.context(host, None, at)

    def _leaf_file(self, host: str, fault: Fault | None, at: datetime) -> Path:
        validity = ordinary_validity(host, at) if fault is None else faulty_validity(fault, at)
        if fault is None:
            path = self._folder / f"host-{host}-{validity.ends:%Y%m%d}.pem"
            if path.exists():
                return path
        else:
            path = self._folder / f"host-{host}-{fault.kind}.pem"
        name = WRONG_HOST if fault is not None and fault.kind is FaultKind.CERTIFICATE_WRONG_HOST else host
        write_whole(path, self._issue(name, validity), private=True)
        return path

    def _issue(self, name: str, validity: Validity) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name[:64]))
            .issuer_name(self._root.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(validity.begins)
            .not_valid_after(validity.ends)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)


def _root_in(folder: Path, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The root on disk; a missing, damaged or outlived one is replaced, and with it everything it has signed."""
    try:
        key = serialization.load_pem_private_key((folder / "ca-key.pem").read_bytes(), None)
        root = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    except (OSError, ValueError):
        return _new_root_in(folder, at)
    usable = isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == root.public_key()
    if not usable or not root.not_valid_before_utc <= at < root.not_valid_after_utc - LEAF_LIFE:
        return _new_root_in(folder, at)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, root


def _new_root_in(folder: Path, at: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Otoritas Sertifikat Simulasi Bontang")
    root = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - LEAF_LIFE - EARLY)  # leaves look as if issued weeks ago, and none is older than its issuer
        .not_valid_after(at + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_ROOT_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(folder / "ca-key.pem", _pem(key), private=True)
    write_whole(folder / CA_FILE, root.public_bytes(serialization.Encoding.PEM))
    return key, root


_ROOT_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _server_context(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
