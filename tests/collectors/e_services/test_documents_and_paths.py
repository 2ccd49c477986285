"""Strict reading of JSON and XML, and the places in them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.e_services.documents import Ambiguous, Document, Format, UnreadableError, is_markup, read_document
from collectors.e_services.paths import (
    BadPathError,
    LostError,
    PlainPath,
    QueryPath,
    compile_path,
    last_place,
    one,
    without_prefixes,
)
from tests.support.services import JSON, XML, document


def _json(body: str | bytes, content_type: str = JSON) -> Any:
    return read_document(body.encode() if isinstance(body, str) else body, content_type, Format.JSON).root


def _xml(body: str | bytes) -> Document:
    return read_document(body.encode() if isinstance(body, str) else body, XML, Format.XML)


# --- JSON ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", ["42", "-0.5", '"teks"', "null", "true", " [ ] \n", "{}", '{"a":{"b":[1,2.5e3]}}', '"\\ud83d\\ude00"']
)
def test_every_json_text_is_read(body: str) -> None:
    assert _json(body) == json.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "{", '{"a":1', '{"a":1,}', "[1,]", "{'a':1}", '{"a":01}', '{"a":.5}', '{"a":1}{"b":2}', "NaN",
        '{"a":NaN}', "Infinity",
        "-Infinity", "[-Infinity]", '{"a":+1}', '"\t"', "\x00", "{}\x0c", "nul", "True", 'callback({"a":1})',
        '{"a":1} // catatan', "[" * 100_000,
        "[" * 100_000 + "]" * 100_000, '[{"":' * 50_000, "﻿", '{"a" 1}', '["\\x"]', '["\\u12"]', "<html></html>",
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused_whole(body: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        _json(body)
    assert str(refusal.value).isprintable()


def test_a_byte_order_mark_is_forgiven_and_bytes_that_are_no_utf_8_are_not() -> None:
    assert _json(b"\xef\xbb\xbf{}") == {}
    for body in (b'{"a":"\xff"}', b"\xef\xbb{}", b'["\xe5"]'):
        with pytest.raises(UnreadableError):
            _json(body)


def test_an_older_charset_is_read_where_the_server_declares_it() -> None:
    assert _json('{"a":"café"}'.encode("latin-1"), "application/json; charset=ISO-8859-1") == {"a": "café"}


def test_a_name_with_two_values_has_none_and_with_the_same_value_twice_has_it() -> None:
    assert _json('{"a":1,"a":2,"b":3,"b":3}') == {"a": Ambiguous.TWICE, "b": 3}
    assert _json('{"a":1,"a":true}') == {"a": Ambiguous.TWICE}, "1 and true are not the same"
    assert _json('{"a":1,"a":2,"a":1}')["a"] is Ambiguous.TWICE


def test_an_integer_of_thousands_of_digits_costs_only_itself() -> None:
    found = _json(f'{{"a":{"9" * 5000},"b":7}}')
    assert found["b"] == 7
    assert found["a"] == float("inf")


def test_ten_megabytes_of_hostile_json_end_in_bounded_time() -> None:
    """A bound against quadratic reading, not a speed."""
    begun = time.perf_counter()
    for body in ("[" + "[]," * 500_000, '{"a":' * 500_000, '"' + "\\u0041" * 1_500_000, "1" * 5_000_000):
        with pytest.raises(UnreadableError):
            _json(body + "!")
    assert time.perf_counter() - begun < 20


@pytest.mark.parametrize(
    ("body", "content_type", "is_page"),
    [
        (b"<!DOCTYPE html><p>", "", True), (b"\n <HTML>", JSON, True), (b"<br />Warning", "text/html", True),
        (b'{"a":1}', "text/html", False),
        (b"<?xml version='1.0'?><a/>", "text/html", False), (b"<a/>", XML, False), (b"", "text/html", False),
    ],
)  # fmt: skip
def test_a_page_for_people_is_told_from_data_by_what_it_is(body: bytes, content_type: str, *, is_page: bool) -> None:
    assert is_markup(body, content_type) is is_page


# --- XML ----------------------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "ha">{LAUGHS}]><b>&l9;</b>'


@pytest.mark.parametrize(
    "body",
    [
        "", " ", "<a>", "<a></b>", "<a/><b/>", "<a>&tidakada;</a>", "{}", "<a b=c/>", "<" * 100_000,
        "<a>" * 100_000 + "</a>" * 100_000, BOMB,
        '<!DOCTYPE a [<!ENTITY x "1">]><a>5</a>', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><a/>',
    ],
)  # fmt: skip
def test_broken_xml_and_xml_with_entities_of_its_own_is_refused_whole(body: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(UnreadableError) as refusal:
        _xml(body)
    assert "root:" not in str(refusal.value)
    assert time.perf_counter() - begun < 5


SOAP = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="urn:perizinan">
 <soap:Body><m:Rekap jenis="izin" m:kode="7"><m:total>1.284</m:total><!-- catatan -->
 <m:baris>a</m:baris><m:baris>b<i>c</i></m:baris></m:Rekap>
 </soap:Body></soap:Envelope>"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("//m:total", "1.284"), ("//total", "1.284"), ("/soap:Envelope/soap:Body/m:Rekap/m:total", "1.284"),
        ("//x:Rekap/@jenis", "izin"),
        ("//Rekap/@kode", "7"), ("count(//baris)", 2.0), ("//baris", "a"), ("//baris[2]", "bc"), ("string(//total)", "1.284"),
        ("//tidakada", None), ("//Rekap[@jenis='x:y']/total", None), ("child::Body/descendant::total", "1.284"),
    ],
)  # fmt: skip
def test_an_xpath_finds_its_place_whatever_the_prefixes(path: str, found: Any) -> None:
    assert one(compile_path(path, Format.XML), _xml(SOAP)) == found


def test_prefixes_are_taken_off_names_and_not_off_axes_or_texts() -> None:
    assert without_prefixes("//a:b/child::c:d[@e:f='g:h']") == "//b/child::d[@f='g:h']"


def test_places_in_xml_are_counted_and_a_missing_table_has_no_count() -> None:
    doc = _xml("<r><items/></r>")
    assert compile_path("//items/item", Format.XML).count(doc) == 0
    assert compile_path("//lain/item", Format.XML).count(doc) is None


# --- JSONPath -----------------------------------------------------------------------------------------------------------------

ANSWER = {
    "data": {"a b": 1, "x-y": [1, 2, {"z": "q"}], "cassandra:rt": [{"v": 3}], "x.y": 4},
    "@type": "t", "list": [{"s": "buka", "n": 1}, {"s": "tutup", "n": 2}], "empty": [], "null": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.a b", 1), ("$.data.x-y[2].z", "q"), ('data["cassandra:rt"][0].v', 3), ("data['x.y']", 4),
        ("@type", "t"), ("$['@type']", "t"),
        ("data.x-y[-1].z", "q"), ("data.x-y.0", 1), ("list[?@.s=='tutup'].n", 2), ("$..z", "q"), ("data.x-y[0:1]", 1),
        ("null", None),
        ("null.x", None), ("data.tidak.ada", None), ("data.x-y[9]", None), ("data[0]", None), ("list[wat]", None),
        ("tidakada[*].x", None),
    ],
)  # fmt: skip
def test_a_jsonpath_finds_its_place_with_or_without_the_root(path: str, found: Any) -> None:
    assert one(compile_path(path, Format.JSON), document(ANSWER)) == found


@pytest.mark.parametrize(
    "path", ["", "  ", "$.", "data.", "data[", "data[0", "a[?]", "list[?@.s=]", "x" * 501, "a..", "[1,", "data['x"]
)
def test_a_path_that_cannot_be_understood_is_a_mistake(path: str) -> None:
    with pytest.raises(BadPathError):
        compile_path(path, Format.JSON)


def test_an_xpath_that_cannot_be_understood_is_a_mistake() -> None:
    with pytest.raises(BadPathError):
        compile_path("//a[", Format.XML)


def test_several_different_values_are_not_one() -> None:
    with pytest.raises(LostError, match="2 different values"):
        one(compile_path("list[*].n", Format.JSON), document(ANSWER))


def test_a_name_given_twice_leads_nowhere_and_says_so() -> None:
    doc = read_document(b'{"d":{"a":1,"a":2}}', JSON, Format.JSON)
    for path in ("d.a", "$..a", "d.a.b"):
        with pytest.raises(LostError, match="twice"):
            one(compile_path(path, Format.JSON), doc)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("list[*]", 2),
        ("list[?@.s=='buka']", 1),
        ("list[?@.s=='lain']", 0),
        ("empty[*]", 0),
        ("tidakada[*]", None),
        ("null[*]", None),
    ],
)
def test_nothing_found_is_zero_only_where_the_list_is_there(path: str, count: int | None) -> None:
    assert compile_path(path, Format.JSON).count(document(ANSWER)) == count


def test_a_path_that_leads_nowhere_tells_where_it_ends() -> None:
    assert last_place(compile_path("data.x-y[2].tidak.ada", Format.JSON), document(ANSWER)) == "; the answer ends at data.x-y[2]"


def test_a_document_that_is_one_text_is_not_read_as_json_text_again() -> None:
    doc = document('{"a": 1}')
    assert compile_path("$..a", Format.JSON).find(doc) == []
    assert compile_path("a", Format.JSON).find(doc) == []


def test_a_deep_document_ends_a_search_for_descendants_and_no_process() -> None:
    doc = read_document(('{"a":' * 900 + "1" + "}" * 900).encode(), JSON, Format.JSON)
    with pytest.raises(LostError, match="too deeply"):
        compile_path("$..b", Format.JSON).find(doc)


NAMES = st.text("abcxyz_", min_size=1, max_size=3)
TREES = st.recursive(
    st.integers(0, 9) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(TREES, st.lists(NAMES | st.integers(-3, 3), min_size=1, max_size=4))
def test_plain_paths_mean_what_rfc_9535_means(tree: Any, steps: list[str | int]) -> None:
    text = "$" + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in steps)
    plain = compile_path(text, Format.JSON)
    assert isinstance(plain, PlainPath)
    from jsonpath import JSONPathEnvironment

    by_library = QueryPath(text, JSONPathEnvironment(strict=True).compile(text))
    doc = Document(Format.JSON, tree)
    assert plain.find(doc) == by_library.find(doc)
