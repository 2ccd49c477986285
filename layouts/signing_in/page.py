"""Signing in and changing the password: pure functions from words to a page. Whatever a person typed comes back escaped."""

from __future__ import annotations

from html import escape

from layouts.wording import Language
from layouts.wording.signing_in import signing_in_words

LEAST_PASSWORD = 12


def sign_in_page(city: str, language: Language, *, target: str, said: str = "", single_sign_on: str | None = None) -> str:
    """The form. ``target`` is where the person wanted to go; ``said`` a sentence about the last attempt."""
    words = signing_in_words(language)
    fields = _field("nama", words.name, kind="text", autocomplete="username", focus=True)
    fields += _field("sandi", words.password, kind="password", autocomplete="current-password")
    fields += f'<input type="hidden" name="ke" value="{escape(target)}">'
    form = f'<form method="post" action="/masuk">{fields}<button>{escape(words.sign_in)}</button></form>'
    other = ""
    if single_sign_on is not None:
        other = f'<p><a class="lain" href="{escape(single_sign_on)}">{escape(words.single_sign_on)}</a></p>'
    return _page(city, words.title, language, f"<h1>{escape(words.title)}</h1>{_said(said)}{form}{other}")


def new_password_page(city: str, language: Language, *, name: str, said: str = "") -> str:
    """The form for a password of one's own."""
    words = signing_in_words(language)
    fields = _field("lama", words.old_password, kind="password", autocomplete="current-password", focus=True)
    fields += _field("baru", words.new_password, kind="password", autocomplete="new-password")
    fields += _field("ulang", words.again, kind="password", autocomplete="new-password")
    lead = f"<p>{escape(words.signed_in_as.format(name=name))}. {escape(words.new_lead.format(least=LEAST_PASSWORD))}</p>"
    form = f'<form method="post" action="/sandi">{fields}<button>{escape(words.save)}</button></form>'
    return _page(city, words.new_title, language, f"<h1>{escape(words.new_title)}</h1>{lead}{_said(said)}{form}")


def _said(sentence: str) -> str:
    return f'<p class="salah" role="alert">{escape(sentence)}</p>' if sentence else ""


def _field(name: str, label: str, *, kind: str, autocomplete: str, focus: bool = False) -> str:
    attributes = (
        f'name="{name}" type="{kind}" autocomplete="{autocomplete}" maxlength="200" required{" autofocus" if focus else ""}'
    )
    return f"<label><span>{escape(label)}</span><input {attributes}></label>"


def _page(city: str, title: str, language: Language, body: str) -> str:
    sheets = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in ("fonts.css", "tokens.css", "signing-in.css"))
    return (
        f'<!doctype html><html lang="{language.value}" data-tema="gelap"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(city)}</title>{sheets}</head>"
        f'<body class="cc-masuk"><main><p class="kota">{escape(city)} · Command Centre</p>{body}</main></body></html>'
    )
