"""Pages that are not the site: what hosters, web servers, frameworks, blockers and intruders show instead of it. Data, no logic.

All texts are in lower case. ``title`` is looked for in the page's title, ``text`` in what a reader sees of a *short* page (an
article about a hacked site is long), ``source`` anywhere in the page's source, in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass

from command_centre.domain.reading import Reason

SHORT_PAGE = 3000
"""A page with fewer visible characters than this is nothing but its message."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One kind of page, by what gives it away."""

    reason: Reason
    detail: str
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


SIGNATURES: tuple[Signature, ...] = (
    Signature(
        Reason.BLOCKED,
        "an internet provider shows its blocking page instead of the site",
        title=("internet positif", "internet sehat", "situs diblokir", "trustpositif"),
        text=("trustpositif", "internet positif", "internetpositif"),
    ),
    Signature(
        Reason.BOT_CHALLENGE,
        "a robot check stands before the site: it cannot be checked from here, people may well see it",
        title=("just a moment...", "attention required! | cloudflare", "ddos-guard", "checking your browser"),
        text=("checking your browser before accessing", "verify you are human", "verifying you are human"),
        source=(
            "/cdn-cgi/challenge-platform/",
            "_cf_chl_opt",
            "/aes.js",
            "sucuri_cloudproxy_js",
            "_incapsula_resource",
            "/.well-known/ddos-guard/",
            "awswafcookiedomainlist",
        ),
    ),
    Signature(
        Reason.DEFACE,
        "the page carries the mark of an intruder",
        title=("hacked by", "defaced by", "pwned by", "owned by", "diretas oleh", "h4cked by", "hacked_by"),
        text=("hacked by", "defaced by", "pwned by", "diretas oleh", "h4cked by", "your security is low"),
    ),
    Signature(
        Reason.SUSPENDED,
        "the hosting account is suspended",
        title=("account suspended", "website suspended", "site suspended", "akun ditangguhkan", "hosting suspended"),
        text=("account has been suspended", "akun ini ditangguhkan", "akun hosting ini", "website has been suspended"),
    ),
    Signature(
        Reason.DOMAIN_EXPIRED,
        "the registration of the domain has run out",
        title=("domain expired", "domain kedaluwarsa", "expired domain"),
        text=("domain has expired", "domain name has expired", "domain ini telah kedaluwarsa", "domain telah kedaluwarsa"),
    ),
    Signature(
        Reason.PARKED,
        "the domain is parked or for sale",
        title=("is for sale", "domain for sale", "parked domain", "domain parking", "domain dijual"),
        text=("buy this domain", "domain may be for sale", "domain is for sale", "domain is parked", "domain ini dijual"),
    ),
    Signature(
        Reason.DIRECTORY_LISTING,
        "a bare list of files stands where the site should be",
        title=("index of /", "directory listing for /", "directory listing -- /"),
        text=("[to parent directory]",),
    ),
    Signature(
        Reason.DEFAULT_PAGE,
        "the web server shows its own welcome page, no site",
        title=(
            "apache2 debian default page",
            "apache2 ubuntu default page",
            "welcome to nginx",
            "apache http server test page",
            "test page for the nginx http server",
            "test page for the apache",
            "iis windows server",
            "welcome to openresty",
            "welcome to caddy",
            "default web site page",
            "welcome to xampp",
            "plesk default page",
            "welcome to centos",
            "apache tomcat/",
            "litespeed web server at",
        ),
        text=(
            "default welcome page used to test",
            "nginx web server is successfully installed",
            "this page is used to test the proper operation",
            "web server's default page",
            "future home of something quite cool",
        ),
    ),
    Signature(
        Reason.APP_ERROR,
        "the application shows an error instead of its page",
        title=(
            "database error",
            "whoops! there was an error",
            "server error in '/",
            "http status 50",
            "fatal error",
            "500 internal server error",
            "502 bad gateway",
            "503 service unavailable",
            "504 gateway time",
            "terjadi kesalahan sistem",
            "runtime error",
        ),
        text=(
            "error establishing a database connection",
            "there has been a critical error on this website",
            "whoops, looks like something went wrong",
            "sqlstate[",
            "uncaught pdoexception",
            "uncaught error:",
            "uncaught exception",
            "illuminate\\database",
            "a database error occurred",
            "a php error was encountered",
            "unable to connect to your database server",
            "java.lang.nullpointerexception",
            "parse error: syntax error",
            "traceback (most recent call last)",
            "allowed memory size of",
        ),
        source=("<b>fatal error</b>:", "<b>parse error</b>:"),
    ),
    Signature(
        Reason.MAINTENANCE,
        "the site says that it is being maintained",
        title=(
            "under maintenance",
            "maintenance mode",
            "site maintenance",
            "dalam pemeliharaan",
            "sedang pemeliharaan",
            "dalam perbaikan",
            "sedang perbaikan",
            "under construction",
        ),
        text=(
            "under maintenance",
            "scheduled maintenance",
            "dalam pemeliharaan",
            "dalam perbaikan",
            "sedang diperbaiki",
            "under construction",
        ),
    ),
)
"""In the order in which they are tried: the first that fits names the page."""

BLOCKING_HOSTS = ("internetpositif", "internet-positif", "trustpositif", "internetsehat", "mercusuar")
"""First labels of the hosts to which Indonesian providers send people who ask for a blocked name."""
