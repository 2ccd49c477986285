"""Layer two: is the TLS good? Each fault of a certificate has its own reason, and its dates are told in every case."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.websites.certificates import CertificateReader, common_name, first_expiry
from collectors.websites.judging import has_weak_cipher
from command_centre.domain.reading import Reading, Reason, Status
from tests.support.http_servers import (
    HOST,
    Asked,
    Authority,
    Issued,
    Wire,
    accepting,
    look_at,
    naming,
    redirect,
    response,
    server_context,
    serving,
    value,
)

DAY = 86_400


def _look(
    authority: Authority, issued: Issued, *, context: ssl.SSLContext | None = None, host: str = HOST, **changes: Any
) -> Reading:
    async def scene() -> Reading:
        tls = context or server_context(issued)
        async with naming({"*": ["127.0.0.1"]}) as dns, serving(response(), tls=tls) as site:
            return await look_at(site.url(host=host), servers=(dns.address,), ca_file=str(authority.ca_file), **changes)

    return asyncio.run(scene())


def test_a_good_certificate_is_up_with_its_facts(authority: Authority) -> None:
    issued = authority.good(HOST, f"www.{HOST}", days=100)
    reading = _look(authority, issued)
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert value(reading, "leaf_certificate_remaining_seconds") == pytest.approx(100 * DAY, abs=120)
    assert value(reading, "certificate_remaining_seconds") == pytest.approx(100 * DAY, abs=120)
    assert value(reading, "tls_seconds") > 0
    assert reading.evidence["certificate_issuer"] == "Perantara Uji"
    assert reading.evidence["certificate_subject"] == HOST
    assert reading.evidence["certificate_sans"] == (HOST, f"www.{HOST}")
    assert reading.evidence["certificate_not_after"] == issued.not_after.isoformat()
    assert reading.evidence["certificate_chain_length"] == 2
    assert reading.evidence["certificate_sha256"] == issued.certificate.fingerprint(_sha256()).hex()
    assert str(reading.evidence["tls_cipher"]).startswith("TLSv1.3 / ")


def _look_through_http(authority: Authority, issued: Issued, lead_to: str) -> Reading:
    """Look at an http:// address that leads to https:// on ``lead_to``."""

    async def scene() -> Reading:
        async with (
            naming({"*": ["127.0.0.1"]}) as dns,
            serving(response(), tls=server_context(issued)) as secure,
            serving(redirect(secure.url(host=lead_to))) as plain,
        ):
            return await look_at(plain.url(host=HOST), servers=(dns.address,), ca_file=str(authority.ca_file))

    return asyncio.run(scene())


def test_a_site_listed_as_http_shows_the_certificate_of_its_own_https(authority: Authority) -> None:
    reading = _look_through_http(authority, authority.good(HOST, days=5), HOST)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.CERT_EXPIRING)
    assert value(reading, "certificate_remaining_seconds") == pytest.approx(5 * DAY, abs=120)
    assert reading.evidence["certificate_subject"] == HOST


def test_the_certificate_of_a_foreign_host_says_nothing_about_the_site(authority: Authority) -> None:
    reading = _look_through_http(authority, authority.good("lain.example", days=5), "lain.example")
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.REDIRECT_OFFSITE)
    assert "certificate_remaining_seconds" not in reading.values
    assert "certificate_subject" not in reading.evidence


def _sha256() -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()


Make = Callable[[Authority], Issued]


@pytest.mark.parametrize(
    ("make", "status", "reason", "days"),
    [
        (lambda a: a.good(HOST, days=-10, before_days=100), Status.DOWN, Reason.TLS_EXPIRED, -10),
        (lambda a: a.good(HOST, days=400, before_days=-5), Status.DOWN, Reason.TLS_NOT_YET_VALID, 400),
        (lambda a: a.self_signed(HOST), Status.DOWN, Reason.TLS_SELFSIGNED, 300),
        (lambda a: a.good("lain.example"), Status.DOWN, Reason.TLS_HOSTNAME, 300),
        (lambda a: a.without_intermediate(HOST), Status.DOWN, Reason.TLS_CHAIN, 300),
        (lambda a: a.good(HOST, days=13), Status.DEGRADED, Reason.CERT_EXPIRING, 13),
        (lambda a: a.untrusted(HOST), Status.DOWN, Reason.TLS_UNTRUSTED, 300),
        (lambda a: a.with_dying_intermediate(HOST, days=-3), Status.DOWN, Reason.TLS_EXPIRED, 300),
        (lambda a: a.with_dying_intermediate(HOST, days=5), Status.DEGRADED, Reason.CERT_EXPIRING, 300),
        (lambda a: a.common_name_only(HOST), Status.DOWN, Reason.TLS_HOSTNAME, 300),
        (lambda a: a.weak(HOST), Status.DOWN, Reason.TLS_WEAK, 300),
    ],
    ids=[
        "expired", "not yet valid", "self-signed", "another name", "intermediate not sent", "expiring in 13 days", "unknown root",
        "expired intermediate", "expiring intermediate", "common name only", "weak key",
    ],
)  # fmt: skip
def test_each_fault_of_a_certificate_has_its_own_reason(  # W5
    authority: Authority, make: Make, status: Status, reason: Reason, days: float
) -> None:
    reading = _look(authority, make(authority))
    assert (reading.status, reading.reason) == (status, reason)
    assert value(reading, "leaf_certificate_remaining_seconds") == pytest.approx(days * DAY, abs=120), "told in every case"


def test_the_first_certificate_to_expire_counts_for_the_chain(authority: Authority) -> None:
    reading = _look(authority, authority.with_dying_intermediate(HOST, days=40))
    assert reading.status is Status.UP
    assert value(reading, "certificate_remaining_seconds") == pytest.approx(40 * DAY, abs=120)
    assert value(reading, "leaf_certificate_remaining_seconds") == pytest.approx(300 * DAY, abs=120)


def test_an_unknown_expiry_is_absent_and_not_zero_days() -> None:
    """W9 speaks of .go.id domains in RDAP, which this collector does not ask; the same rule holds for certificates."""
    assert first_expiry(CertificateReader().chain([[(b"Subject", b"CN = x"), (b"Expire date", b"besok")]])) is None
    reading = asyncio.run(look_at("https://127.0.0.1:9/"))
    assert "certificate_remaining_seconds" not in reading.values


def test_the_warning_limit_is_an_option(authority: Authority) -> None:
    issued = authority.good(HOST, days=13)
    assert _look(authority, issued, certificate_warn_days=7).status is Status.UP
    assert _look(authority, authority.good(HOST, days=30), certificate_warn_days=60).reason is Reason.CERT_EXPIRING


def test_without_verification_the_certificate_is_shown_and_not_judged(authority: Authority) -> None:
    reading = _look(authority, authority.good("lain.example", days=-10, before_days=100), verify=False)
    assert (reading.status, reading.reason) == (Status.UP, Reason.OK)
    assert value(reading, "leaf_certificate_remaining_seconds") < 0


def test_addresses_and_international_names_are_checked_against_the_certificate(authority: Authority) -> None:
    by_address = _look(authority, authority.good("127.0.0.1"), host="127.0.0.1")
    other_address = _look(authority, authority.good("127.0.0.99"), host="127.0.0.1")
    international = _look(authority, authority.good("xn--caf-dma.kota.test"), host="café.kota.test")
    assert (by_address.reason, other_address.reason, international.reason) == (Reason.OK, Reason.TLS_HOSTNAME, Reason.OK)
    assert international.evidence["final_host"] == "xn--caf-dma.kota.test"


@pytest.mark.parametrize(
    ("name", "reason"), [("a.kota.test", Reason.OK), ("b.a.kota.test", Reason.TLS_HOSTNAME), ("kota.test", Reason.TLS_HOSTNAME)]
)
def test_a_wildcard_covers_one_label(authority: Authority, name: str, reason: Reason) -> None:
    assert _look(authority, authority.good("*.kota.test"), host=name).reason is reason


def test_a_server_that_demands_a_client_certificate_says_so(authority: Authority) -> None:
    issued = authority.good(HOST)
    context = server_context(issued, verify_mode=ssl.CERT_REQUIRED)
    context.load_verify_locations(authority.ca_file)
    assert _look(authority, issued, context=context).reason is Reason.TLS_CLIENT_CERT


def test_an_old_cipher_without_forward_secrecy_is_a_blemish(authority: Authority) -> None:
    issued = authority.weak_cipher_server(HOST)
    context = server_context(issued, maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    reading = _look(authority, issued, context=context)
    assert (reading.status, reading.reason) == (Status.DEGRADED, Reason.TLS_WEAK)


@pytest.mark.parametrize(
    ("cipher", "is_weak"),
    [
        ("TLSv1.3 / TLS_AES_256_GCM_SHA384 / x25519 / id-ecPublicKey", False),
        ("TLSv1.2 / ECDHE-RSA-AES128-GCM-SHA256 / X25519 / RSASSA-PSS", False),
        ("TLSv1.2 / AES128-SHA / [blank] / rsaEncryption", True),
        ("TLSv1.2 / ECDHE-RSA-DES-CBC3-SHA / P-256 / rsaEncryption", True),
        ("", False),
    ],
)
def test_weak_ciphers_are_known_by_name(cipher: str, is_weak: bool) -> None:
    assert has_weak_cipher(cipher) is is_weak


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"\x15\x03\x03\x00\x02\x02\x28", Reason.TLS_HANDSHAKE),  # alert: handshake failure
        (b"\x15\x03\x03\x00\x02\x02\x70", Reason.TLS_HANDSHAKE),  # alert: unrecognized name
        (b"\x15\x03\x03\x00\x02\x02\x46", Reason.TLS_PROTOCOL),  # alert: protocol version
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.TLS_PROTOCOL),
        (None, Reason.CONNECTION_RESET),
    ],
    ids=["handshake failure", "unrecognized name", "protocol version", "plain HTTP", "reset"],
)
def test_each_broken_handshake_has_its_own_reason(said: bytes | None, reason: Reason) -> None:
    async def talk(wire: Wire) -> None:
        await wire.reader.read(2000)
        if said is None:
            wire.reset()
        else:
            await wire.send(said)

    async def scene() -> Reading:
        async with accepting(talk) as port:
            return await look_at(f"https://127.0.0.1:{port}/")

    reading = asyncio.run(scene())
    assert (reading.status, reading.reason) == (Status.DOWN, reason)


def test_times_of_a_second_look_are_real_again(authority: Authority) -> None:
    """No connection and no session is kept: else the TLS time of the second look would be 0."""

    async def scene() -> list[Reading]:
        async with naming({"*": ["127.0.0.1"]}) as dns, serving(response(), tls=server_context(authority.good(HOST))) as site:
            from tests.support.http_servers import looking, target

            async with looking(servers=(dns.address,), ca_file=str(authority.ca_file)) as poller:
                return [await poller.poll(target(site.url(host=HOST))) for _ in range(3)]

    readings = asyncio.run(scene())
    assert all(value(each, "tls_seconds") > 0.0002 for each in readings)
    assert all(value(each, "connect_seconds") > 0 for each in readings)
    assert {each.evidence["tls_cipher"] for each in readings} == {readings[0].evidence["tls_cipher"]}


def test_a_garbled_certificate_is_read_as_far_as_it_goes() -> None:
    (certificate,) = CertificateReader().chain(
        [
            [
                (b"Subject", b"C = ID, O = \\xC3\\xA9t\x1b[31m; CN = situs.test"),
                (b"X509v3 Subject Alternative Name", b"DNS:a.test, IP Address:127.0.0.1, rusak"),
                (b"Start date", b"Feb 30 00:00:00 2026 GMT"),
                (b"Expire date", b"Jan  5 01:02:03 2030 GMT"),
                (b"Cert", b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----"),
            ]
        ]
    )
    assert certificate.names == ("a.test", "127.0.0.1")
    assert certificate.not_before is None
    assert certificate.not_after == datetime(2030, 1, 5, 1, 2, 3, tzinfo=UTC)
    assert certificate.sha256 == ""
    assert "\x1b" not in certificate.subject
    assert common_name(certificate.subject) == "situs.test"


def test_the_certificate_is_that_of_the_site_asked_for_and_not_of_where_it_leads(authority: Authority) -> None:
    async def scene() -> Reading:
        async def send_on(asked: Asked, wire: Wire) -> None:
            await wire.send(f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {there.url(host='www.' + HOST)}\r\n\r\n")

        ours, theirs = authority.good(HOST, days=90), authority.good(f"www.{HOST}", days=200)
        async with (
            naming({"*": ["127.0.0.1"]}) as dns,
            serving(response(), tls=server_context(theirs)) as there,
            serving(send_on, tls=server_context(ours)) as here,
        ):
            return await look_at(here.url(host=HOST), servers=(dns.address,), ca_file=str(authority.ca_file))

    reading = asyncio.run(scene())
    assert reading.status is Status.UP
    assert value(reading, "leaf_certificate_remaining_seconds") == pytest.approx(timedelta(days=90).total_seconds(), abs=120)
