"""One request, one answer, with libcurl: every phase from its own clock, every limit set, redirects left to us.

``RESOLVE`` covers only the name given to it, and with ``FOLLOWLOCATION`` libcurl's phase clocks mix the hops: so each hop is one
``perform`` with its own addresses.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
import re
import ssl
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pycurl

from collectors.websites.addresses import Address
from collectors.websites.certificates import Certificate, CertificateReader
from collectors.websites.decoding import CURLS, OURS, BadEncodingError, Decoder, layers_of
from collectors.websites.failures import Failure, Trouble, explain
from collectors.websites.looks import Phases, Response
from collectors.websites.options import Options
from command_centre.domain.reading import Reason

KEPT_HEADERS = frozenset(
    {
        b"cf-mitigated",
        b"content-encoding",
        b"content-type",
        b"last-modified",
        b"link",
        b"location",
        b"ratelimit-remaining",
        b"ratelimit-reset",
        b"refresh",
        b"retry-after",
        b"server",
        b"x-ratelimit-remaining",
        b"x-ratelimit-reset",
    }
)
MAX_HEADER_LINES = 5000
CIPHER_SECONDS = 3600.0
CIPHERS_REMEMBERED = 4096
MAX_HEADER_VALUE = 8192
HTTP_VERSIONS: Mapping[int, str] = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
    pycurl.CURL_HTTP_VERSION_3: "3",
}
EC_CURVES = "X25519:P-256:P-384:P-521"
"""Without the post-quantum key share that OpenSSL adds by default: it costs a tenth of a look."""

CAPPED = -1
"""What a write callback returns to end the transfer; libcurl then reports error 23."""

NO_ROUTE_FROM_HERE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""Errors that speak of our own machine (it has no IPv6), not of the site."""


@dataclass(frozen=True, slots=True)
class Request:
    """One hop. ``addresses`` empty: libcurl (or the proxy) finds the host itself. ``is_trusted``: credentials may be sent.

    ``headers`` are for this request alone, and secret like those of the options; with ``body`` it is a POST.
    ``client_certificate`` is a file with certificate and key in PEM.
    """

    address: Address
    addresses: tuple[str, ...]
    limit: timedelta
    connect_limit: timedelta
    is_trusted: bool
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    client_certificate: str | None = None


class Fetcher:
    """Owns the libcurl multi handle. A visit (one look) uses one easy handle for all its hops, and so keeps its cookies."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._multi: pycurl.AsyncCurlMulti | None = None
        self._ca_file: str | None = options.ca_file
        self._certificates = CertificateReader()
        self._ciphers = CipherMemory()

    def begin_visit(self) -> pycurl.Curl:
        """A fresh handle with an empty cookie jar. The caller closes it."""
        return pycurl.Curl()

    async def fetch(self, curl: pycurl.Curl, request: Request) -> Response:
        """Ask once. A server that compresses as we did not ask for is asked again with libcurl unpacking."""
        reception = Reception(self._options.max_body_bytes, unpacks=True)
        response = await self._perform(curl, request, reception)
        if reception.wants_curl_to_unpack:
            return await self._perform(curl, request, Reception(self._options.max_body_bytes, unpacks=False))
        return response

    async def knock(self, address: Address, addresses: tuple[str, ...], limit: timedelta) -> bool | None:
        """Whether the site answers at ``addresses`` (TCP, TLS with a good certificate). None: we ourselves have no way there."""
        curl = pycurl.Curl()
        try:
            handles = self._handles()
            self._set_connection(curl, Request(address, addresses, limit, limit, is_trusted=False))
            curl.setopt(pycurl.CONNECT_ONLY, 1)
            await handles.perform(curl)
        except pycurl.error:
            return None if curl.getinfo(pycurl.OS_ERRNO) in NO_ROUTE_FROM_HERE else False
        finally:
            curl.close()
        return True

    async def close(self) -> None:
        """Give the sockets back."""
        if self._multi is not None:
            await self._multi.aclose()
            self._multi = None

    def _handles(self) -> pycurl.AsyncCurlMulti:
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
            self._ca_file = self._ca_file or system_ca_file()
        return self._multi

    async def _perform(self, curl: pycurl.Curl, request: Request, reception: Reception) -> Response:
        handles = self._handles()
        curl.reset()  # forgets all options and keeps the cookies
        self._set_connection(curl, request)
        self._set_request(curl, request, reception)
        error: tuple[int, str] | None = None
        try:
            await handles.perform(curl)
        except pycurl.error as failed:
            error = (failed.args[0], str(failed.args[1]))
        chain = self._certificates.chain(curl.getinfo_raw(pycurl.INFO_CERTINFO)) if request.address.scheme == "https" else ()
        response = _response(curl, request, reception, error, chain, self._options)
        return self._ciphers.complete(response)

    def _set_connection(self, curl: pycurl.Curl, request: Request) -> None:
        options = self._options
        address = request.address
        curl.setopt(pycurl.URL, address.url)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(request.limit))
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(request.connect_limit))
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.FRESH_CONNECT, 1)  # else the second look would see a TLS time of 0
        curl.setopt(pycurl.FORBID_REUSE, 1)
        curl.setopt(pycurl.SSL_SESSIONID_CACHE, 0)
        curl.setopt(pycurl.SSL_VERIFYPEER, int(options.verify))
        curl.setopt(pycurl.SSL_VERIFYHOST, 2 if options.verify else 0)
        curl.setopt(pycurl.SSL_EC_CURVES, EC_CURVES)
        if self._ca_file:
            curl.setopt(pycurl.CAINFO, self._ca_file)
        curl.setopt(pycurl.PROXY, "")  # what the environment says about proxies is not meant for us
        if options.proxy is not None:
            _set_proxy(curl, options.proxy)
            return
        port = options.connect_to.get(address.port, address.port)
        if port != address.port:
            curl.setopt(pycurl.CONNECT_TO, [f"{_bracketed(address.host)}:{address.port}:{_bracketed(address.host)}:{port}"])
        if request.addresses and not address.is_literal:
            curl.setopt(pycurl.RESOLVE, [f"{address.host}:{port}:{','.join(map(_bracketed, request.addresses))}"])

    def _set_request(self, curl: pycurl.Curl, request: Request, reception: Reception) -> None:
        options = self._options
        curl.setopt(pycurl.OPT_CERTINFO, 1)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.COOKIEFILE, "")  # a cookie jar in memory: some sites redirect until their session cookie comes back
        curl.setopt(pycurl.USERAGENT, options.user_agent)
        curl.setopt(pycurl.ACCEPT_ENCODING, "gzip, deflate" if reception.unpacks else "br, gzip, deflate")
        curl.setopt(pycurl.HTTP_CONTENT_DECODING, int(not reception.unpacks))
        headers = [
            f"Accept: {options.accept}",
            *([f"Accept-Language: {options.accept_language}"] if options.accept_language else []),
        ]
        if request.body is not None:
            curl.setopt(pycurl.POSTFIELDS, request.body)
            headers.append("Expect:")  # no 100-continue: nothing we send is long
        if request.is_trusted:
            headers += [f"{name}: {value}" for name, value in (*options.headers, *request.headers)]
            if request.client_certificate is not None:
                curl.setopt(pycurl.SSLCERT, request.client_certificate)
            credentials = options.basic_auth or request.address.credentials
            if credentials is not None:
                curl.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_BASIC)
                curl.setopt(pycurl.USERPWD, credentials.encode())
        curl.setopt(pycurl.HTTPHEADER, [each.encode() for each in headers])
        curl.setopt(pycurl.HEADERFUNCTION, reception.take_header)
        curl.setopt(pycurl.WRITEFUNCTION, reception.take_body)
        if request.address.scheme == "https" and self._ciphers.is_due(request.address):
            curl.setopt(pycurl.VERBOSE, 1)  # the cipher and a request for a client certificate are told nowhere else
            curl.setopt(pycurl.DEBUGFUNCTION, reception.take_note)


def _milliseconds(limit: timedelta) -> int:
    return max(1, int(limit.total_seconds() * 1000))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _set_proxy(curl: pycurl.Curl, proxy: str) -> None:
    scheme, separator, rest = proxy.rpartition("://")
    credentials, at, place = rest.rpartition("@")
    curl.setopt(pycurl.PROXY, f"{scheme}{separator}{place}")
    if at:
        curl.setopt(pycurl.PROXYUSERPWD, credentials.encode())


def system_ca_file() -> str | None:
    """The machine's list of trusted authorities; None leaves libcurl's own default."""
    paths = ssl.get_default_verify_paths()
    candidates = (
        os.environ.get("SSL_CERT_FILE"),
        paths.cafile,
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
    )
    return next((each for each in candidates if each and os.path.isfile(each)), None)


class Reception:
    """Takes in one answer as it arrives: headers, body to the limit, and what libcurl says about TLS."""

    __slots__ = (
        "_body",
        "_decoder",
        "_lines",
        "_max_body",
        "_received",
        "_size",
        "asked_for_client_certificate",
        "encoding_trouble",
        "has_complete_headers",
        "headers",
        "is_capped",
        "tls_cipher",
        "unpacks",
        "wants_curl_to_unpack",
    )

    def __init__(self, max_body: int, *, unpacks: bool) -> None:
        self.unpacks = unpacks
        self.headers: dict[bytes, bytes] = {}
        self.has_complete_headers = False
        self.is_capped = False
        self.wants_curl_to_unpack = False
        self.encoding_trouble = ""
        self.tls_cipher = ""
        self.asked_for_client_certificate = False
        self._max_body = max_body
        self._body: list[bytes] = []
        self._size = 0
        self._received = 0
        self._lines = 0
        self._decoder: Decoder | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the server has said anything at all."""
        return self._lines > 0

    @property
    def body(self) -> bytes:
        return b"".join(self._body)

    def take_header(self, line: bytes) -> int | None:
        """One header line; a new status line (after 1xx) begins anew."""
        self._lines += 1
        if self._lines > MAX_HEADER_LINES:
            return CAPPED
        if self._received:
            return None  # a trailer
        if line[:5].lower() == b"http/":
            self.headers.clear()
            self.has_complete_headers = False
        elif line in (b"\r\n", b"\n"):
            self.has_complete_headers = True
        else:
            name, _, value = line.partition(b":")
            if name.strip().lower() in KEPT_HEADERS:
                self.headers[name.strip().lower()] = value.strip()[:MAX_HEADER_VALUE]
        return None

    def take_body(self, chunk: bytes) -> int | None:
        """One piece of the body, as it came over the wire (or unpacked by libcurl)."""
        if not self._received and self.unpacks and not self._can_unpack():
            return CAPPED
        self._received += len(chunk)
        data = self._unpacked(chunk)
        if data is None:
            return CAPPED
        if self._size + len(data) > self._max_body or self._received > self._max_body:
            self.is_capped = True
            data = data[: self._max_body - self._size]
        self._size += len(data)
        self._body.append(data)
        return CAPPED if self.is_capped else None

    def take_note(self, kind: int, note: bytes) -> None:
        """One line of libcurl's running commentary."""
        if kind != pycurl.INFOTYPE_TEXT:
            return
        if note.startswith(b"SSL connection using "):
            self.tls_cipher = note[21:].decode("ascii", "replace").strip()
        elif b"Request CERT" in note:
            self.asked_for_client_certificate = True

    def finish(self) -> None:
        """The answer is complete: is its packing, too?"""
        if self._decoder is not None and not self.encoding_trouble:
            try:
                self._decoder.finish()
            except BadEncodingError as trouble:
                self.encoding_trouble = str(trouble)

    def _can_unpack(self) -> bool:
        layers = layers_of(self.headers.get(b"content-encoding", b"").decode("latin-1"))
        if any(each in CURLS for each in layers) and all(each in CURLS | OURS for each in layers):
            self.wants_curl_to_unpack = True
            return False
        try:
            self._decoder = Decoder(layers) if layers else None
        except BadEncodingError as trouble:
            self.encoding_trouble = str(trouble)
            return False
        return True

    def _unpacked(self, chunk: bytes) -> bytes | None:
        if self._decoder is None:
            return chunk
        try:
            return self._decoder.feed(chunk, self._max_body - self._size)
        except BadEncodingError as trouble:
            self.encoding_trouble = str(trouble)
            return None


class CipherMemory:
    """Which cipher a site was last seen to use. libcurl tells it only in its running commentary, which costs a tenth of a look:

    so it is listened to once an hour per site, and at every look after a failed one.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, int], tuple[float, str]] = OrderedDict()

    def is_due(self, address: Address) -> bool:
        """Whether the commentary should be listened to."""
        at, _ = self._seen.get(address.origin, (-math.inf, ""))
        return time.monotonic() - at > CIPHER_SECONDS

    def complete(self, response: Response) -> Response:
        """The response with its cipher, which is that of this hour where it was not told now."""
        origin = response.address.origin
        if response.trouble is not None:
            self._seen.pop(origin, None)
            return response
        if response.tls_cipher:
            self._seen[origin] = (time.monotonic(), response.tls_cipher)
            if len(self._seen) > CIPHERS_REMEMBERED:
                self._seen.popitem(last=False)
            return response
        known = self._seen.get(origin)
        return replace(response, tls_cipher=known[1]) if known is not None else response


def _response(
    curl: pycurl.Curl,
    request: Request,
    reception: Reception,
    error: tuple[int, str] | None,
    chain: tuple[Certificate, ...],
    options: Options,
) -> Response:
    phases = _phases(curl, request.address, has_answered=reception.has_begun)
    status = curl.getinfo(pycurl.RESPONSE_CODE) or None
    body = reception.body
    trouble = _trouble(curl, request, reception, error, phases, chain, options)
    return Response(
        address=request.address,
        phases=phases,
        trouble=trouble,
        status=status if reception.has_complete_headers and status is not None and 200 <= status <= 999 else None,
        headers={name.decode("ascii"): _header_text(value) for name, value in reception.headers.items()},
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest() if body else "",
        is_capped=reception.is_capped,
        chain=chain,
        remote_address=curl.getinfo(pycurl.PRIMARY_IP) or "",
        http_version=HTTP_VERSIONS.get(curl.getinfo(pycurl.INFO_HTTP_VERSION), ""),
        tls_cipher=reception.tls_cipher,
        cookies=tuple(curl.getinfo_raw(pycurl.INFO_COOKIELIST)),
    )


def _trouble(
    curl: pycurl.Curl,
    request: Request,
    reception: Reception,
    error: tuple[int, str] | None,
    phases: Phases,
    chain: tuple[Certificate, ...],
    options: Options,
) -> Trouble | None:
    if reception.is_capped:
        return None
    reception.finish()
    if reception.encoding_trouble and (error is None or error[0] == pycurl.E_WRITE_ERROR):
        return Trouble(Reason.BAD_ENCODING, f"the page cannot be unpacked: {reception.encoding_trouble}")
    if error is None:
        return _quiet_trouble(reception, chain, options)
    if error[0] == pycurl.E_WRITE_ERROR and reception.unpacks:
        return Trouble(Reason.HEADER_TOO_LARGE, "the response has too many headers")
    code = 61 if error[0] == pycurl.E_WRITE_ERROR else error[0]
    return explain(
        Failure(
            code=code,
            message=error[1],
            os_errno=curl.getinfo(pycurl.OS_ERRNO),
            verify_result=curl.getinfo(pycurl.SSL_VERIFYRESULT),
            connected=phases.connect is not None,
            tls_done=phases.tls is not None,
            answered=phases.first_byte is not None,
            is_https=request.address.scheme == "https",
            via_proxy=options.proxy is not None,
            asked_for_client_certificate=reception.asked_for_client_certificate,
            chain_length=len(chain),
            status=curl.getinfo(pycurl.RESPONSE_CODE) or None,
        )
    )


def _quiet_trouble(reception: Reception, chain: tuple[Certificate, ...], options: Options) -> Trouble | None:
    """What libcurl lets pass, and browsers do not."""
    if options.verify and chain and not chain[0].names:
        return Trouble(Reason.TLS_HOSTNAME, "the certificate names no host (RFC 9525 no longer counts the common name)")
    if not reception.has_complete_headers:
        return Trouble(Reason.TRUNCATED, "the answer was cut off within its headers")
    return None


def _phases(curl: pycurl.Curl, address: Address, *, has_answered: bool) -> Phases:
    """The phases of one transfer; together they are its total.

    The first byte counts from the moment the connection is ready, not from PRETRANSFER: on a fast server libcurl sets that clock
    only after the answer is there, and the phases would no longer add up.
    """
    lookup, connect, app, start, total = (
        curl.getinfo(clock) / 1e6
        for clock in (
            pycurl.NAMELOOKUP_TIME_T,
            pycurl.CONNECT_TIME_T,
            pycurl.APPCONNECT_TIME_T,
            pycurl.STARTTRANSFER_TIME_T,
            pycurl.TOTAL_TIME_T,
        )
    )
    is_https = address.scheme == "https"
    ready = app if is_https else connect  # libcurl also sets the clock of the first byte when no byte came
    return Phases(
        connect=connect - lookup if connect else None,
        tls=app - connect if is_https and app else None,
        first_byte=start - ready if has_answered else None,
        transfer=total - start if has_answered else None,
        total=total - lookup,
    )


def _header_text(value: bytes) -> str:
    """A header value as text on one line, without control characters."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)
