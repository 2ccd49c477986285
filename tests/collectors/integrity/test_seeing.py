"""Which elements people see, and what scripts hide: the two places where an injection is put out of sight."""

from __future__ import annotations

import base64

import pytest

from collectors.integrity.document import Document
from collectors.integrity.scripts import Way, jumps, unpacked
from tests.collectors.integrity.corpus.infected import HIDINGS

URL = "http://dinas.bontang.test/"
IN_THE_TREE = [name for name in HIDINGS if name not in ("visible", "html_comment", "template")]


def hidden_by(html: str, selector: str = "a") -> str:
    """How the first element of this kind is hidden."""
    document = Document(html, URL)
    return document.eye.hidden_by(document.html.css_first(selector))


@pytest.mark.parametrize("name", IN_THE_TREE)
def test_a_hidden_link_is_known_to_be_hidden(name: str) -> None:
    head, block = HIDINGS[name]('<a href="http://x.example/">x</a>')
    assert hidden_by(f"<html><head>{head}</head><body>{block}</body></html>")


@pytest.mark.parametrize(
    "block",
    [
        "<p><a href=x>x</a></p>",
        '<div style="background:#003366"><a href=x style="color:#fff">x</a></div>',
        '<div class="dark"><a href=x style="color:#fff">x</a></div>',
        '<div style="position:absolute;left:-20px"><a href=x>x</a></div>',
        '<div style="opacity:0.9;font-size:12px"><a href=x>x</a></div>',
        '<div style="overflow:hidden;height:200px"><a href=x>x</a></div>',
        '<style>@media print{.a{display:none}}</style><div class="a"><a href=x>x</a></div>',
        "<style>.a:hover{display:none}</style><div class=a><a href=x>x</a></div>",
    ],
)
def test_an_ordinary_link_is_known_to_be_seen(block: str) -> None:
    assert hidden_by(f"<html><body>{block}</body></html>") == ""


def test_letters_in_neighbouring_inline_elements_make_one_word_and_blocks_do_not() -> None:
    assert "slot" in Document("<p>s<b>l</b><i>o</i>t</p>", URL).text
    assert "slot" not in Document("<div>sl</div><div>ot</div>", URL).text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


TARGET = "https://rajaslot77.example/"


@pytest.mark.parametrize(
    "script",
    [
        f"location.href='{TARGET}'",
        f'window . location . replace ( "{TARGET}" )',
        f"window['location']['href']='{TARGET}'".replace("window['location']['href']", "location['href']"),
        f"var t='{TARGET}';self.location=t",
        "location='https://raja'+'slot77.exam'+'ple/'",
        f"location=atob('{_base64(TARGET)}')",
        f"eval(atob('{_base64('location.href=' + chr(34) + TARGET + chr(34))}'))",
        f"location=String.fromCharCode({','.join(str(ord(each)) for each in TARGET)})",
        f"var c=[{','.join(str(ord(each)) for each in TARGET)}];location=String.fromCharCode.apply(null,c)",
        "location='" + "".join(f"\\x{ord(each):02x}" for each in TARGET) + "'",
        "location='" + "".join(f"\\u{ord(each):04x}" for each in TARGET) + "'",
        "location=unescape('" + "".join(f"%{ord(each):02x}" for each in TARGET) + "')",
        f"location='{TARGET[::-1]}'.split('').reverse().join('')",
        "eval(function(p,a,c,k,e,d){}('0.1=\"2://3.4/\"',5,5,'location|href|https|rajaslot77|example'.split('|'),0,{}))",
    ],
)
def test_the_address_of_a_redirect_comes_to_light(script: str) -> None:
    assert any("rajaslot77.example" in text for text in unpacked(script))


def test_a_jump_knows_whom_it_is_meant_for() -> None:
    script = "if(document.referrer.match('google')){location='http://a.example/'}"
    assert [jump.way for jump in jumps(script)] == [Way.BY_REFERRER]
    assert [jump.way for jump in jumps("location='http://a.example/'")] == [Way.OPEN]


def test_a_comparison_is_no_jump() -> None:
    assert list(jumps("if (location.href == 'http://a.example/') { x() }")) == []
