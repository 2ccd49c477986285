"""From plain data to a definition, with every mistake at once.

The same keys are understood in ``config.yaml``, in a file of ``data/services/``, and in the file of ``run.py probe service``; the
words are explained in ``docs/services.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from collectors.e_services.conditions import Condition
from collectors.e_services.definition import (
    ApiKeyAuth,
    Ask,
    Auth,
    BasicAuth,
    BearerAuth,
    Definition,
    Freshness,
    NoAuth,
    OAuth2Auth,
    OpenItems,
    Step,
)
from collectors.e_services.documents import Format
from collectors.e_services.extracting import Aggregate, Extract
from collectors.e_services.health import HealthRule, HealthStyle
from collectors.e_services.keys import Keys, compiled
from collectors.e_services.moments import UNITS
from collectors.e_services.paging import MOST_PAGES, Paging, PagingStyle
from collectors.e_services.presets import PRESETS, load_preset
from collectors.e_services.values import ValueType
from collectors.websites.options import StatusRanges, parse_status_ranges

MAX_PAGES_ALLOWED = 1000
LONGEST_FLOW = 5


class DefinitionError(Exception):
    """The definition cannot be used; ``mistakes`` are sentences, each beginning with the key it is about."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = tuple(mistakes)


def parse_definition(data: Mapping[str, Any]) -> Definition:
    """The definition in plain data, on top of its preset. Raises DefinitionError with every mistake.

    Keys that are not understood are no mistake here; they are told in ``strange_keys``.
    """
    mistakes: list[str] = []
    whole = _with_preset(data, mistakes)
    keys = Keys(whole, "", mistakes)
    definition = _definition(keys)
    if mistakes:
        raise DefinitionError(mistakes)
    return definition


def _with_preset(data: Mapping[str, Any], mistakes: list[str]) -> dict[str, Any]:
    name = data.get("preset")
    own = {key: value for key, value in data.items() if key != "preset"}
    if name in (None, ""):
        return own
    if name not in PRESETS:
        mistakes.append(f"preset: '{str(name)[:40]}' is none of {', '.join(sorted(PRESETS))}")
        return own
    return merged(load_preset(str(name)), own)


def merged(preset: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The preset with what the definition says itself; its metrics take the place of those of the same name."""
    whole = {**preset, **own}
    if "extract" in preset and isinstance(own.get("extract"), list):
        named = {each.get("metric") for each in own["extract"] if isinstance(each, Mapping)}
        whole["extract"] = [each for each in preset["extract"] if each.get("metric") not in named] + own["extract"]
    return whole


IGNORED = frozenset({"url", "timeout_s", "name", "note", "source", "schema", "id", "why"})
"""Keys for people, and those that the caller reads."""


def _definition(keys: Keys) -> Definition:
    wanted = _format(keys)
    zone = keys.zone()
    extracts = _extracts(keys, wanted, zone)
    definition = Definition(
        format=wanted,
        ask=_ask(keys),
        auth=_auth(keys),
        client_certificate=keys.text("client_certificate") or None,
        steps=_steps(keys),
        expect_status=_statuses(keys),
        ok=_conditions(keys, "ok", wanted),
        message=tuple(path for text in _texts(keys, "message") if (path := compiled(keys, "message", text, wanted)) is not None),
        health=_health(keys),
        extract=extracts,
        required=_required(keys, extracts),
        paging=_paging(keys),
        freshness=_freshness(keys, wanted, extracts, zone),
        open_items=_open_items(keys, wanted, zone),
        slow_after=keys.length(("slow_after", 1.0), ("slow_ms", 0.001)),
        max_body_bytes=keys.whole(1024, 64 * 1024 * 1024, "max_body_bytes", "max_bytes"),
    )
    keys.any(*IGNORED)
    keys.done()
    return _with_strange(definition, keys.strange)


def _with_strange(definition: Definition, strange: Sequence[str]) -> Definition:
    return replace(definition, strange_keys=tuple(strange))


def _format(keys: Keys) -> Format:
    """What is said; else XML where a path is an XPath, else JSON."""
    said = keys.choice(Format, "format")
    if said is not None:
        return said
    wanted = keys.any("extract")
    paths = [str(each.get("path", "")) for each in wanted if isinstance(each, Mapping)] if isinstance(wanted, list) else []
    return Format.XML if any(each.strip().startswith("/") for each in paths) else Format.JSON


def _statuses(keys: Keys) -> StatusRanges:
    said = keys.any("expect_status")
    text = ",".join(map(str, said)) if isinstance(said, list) else str(said or "")
    try:
        return parse_status_ranges(text)
    except ValueError as trouble:
        keys.complain("expect_status", str(trouble))
        return ()


def _texts(keys: Keys, name: str) -> tuple[str, ...]:
    """One text or a list of texts."""
    said = keys.any(name)
    if said is None:
        return ()
    texts = [said] if isinstance(said, str) else said
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        keys.complain(name, "is neither a text nor a list of texts")
        return ()
    return tuple(texts)


# --- asking -------------------------------------------------------------------------------------------------------------------

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def _ask(keys: Keys) -> Ask:
    return Ask(headers=_headers(keys), **_body(keys))


def _headers(keys: Keys) -> tuple[tuple[str, str], ...]:
    said = keys.any("headers")
    if said is None:
        return ()
    if not isinstance(said, Mapping):
        keys.complain("headers", "is not a mapping of names to values")
        return ()
    for name, value in said.items():
        if not _HEADER.fullmatch(str(name)) or not isinstance(value, (str, int)) or re.search(r"[\r\n\0]", str(value)):
            keys.complain("headers", f"'{str(name)[:40]}' is not a header with one line of text")
    return tuple((str(name), str(value).strip()) for name, value in said.items())


def _body(keys: Keys) -> dict[str, Any]:
    """``json`` (any data), ``form`` (names and values) or ``body`` (text): each makes the request a POST."""
    given, form, text = keys.any("json"), keys.any("form"), keys.any("body")
    if sum(each is not None for each in (given, form, text)) > 1:
        keys.complain("json", "only one of json, form and body can be sent")
    if form is not None:
        pairs = keys.inner("form", form)
        return {"form": tuple((name, str(value)) for name, value in pairs.items())}
    if given is not None:
        return {"body": json.dumps(given, ensure_ascii=False)}
    return {"body": str(text)} if text is not None else {}


def _steps(keys: Keys) -> tuple[Step, ...]:
    said = keys.any("steps")
    if said is None:
        return ()
    if not isinstance(said, list) or len(said) > LONGEST_FLOW:
        keys.complain("steps", f"is not a list of at most {LONGEST_FLOW} steps")
        return ()
    return tuple(_flow_step(keys.inner(f"steps[{index}]", each)) for index, each in enumerate(said))


def _flow_step(keys: Keys) -> Step:
    wanted = keys.choice(Format, "format") or Format.JSON
    url = keys.text("url")
    if not url:
        keys.complain("url", "is missing")
    ask = Ask(url, _headers(keys), **_body(keys))
    saved = keys.any("save")
    places = [(str(name), compiled(keys, "save", str(text), wanted)) for name, text in (saved or {}).items()]
    step = Step(ask, tuple((name, path) for name, path in places if path is not None), _conditions(keys, "ok", wanted), wanted)
    keys.any("name")
    keys.done()
    return step


# --- proving who we are -------------------------------------------------------------------------------------------------------


def _auth(keys: Keys) -> Auth:
    said = keys.any("auth")
    if said is None or said == "none":
        return NoAuth()
    inner = keys.inner("auth", said)
    kind = inner.text("type", "kind").lower().replace("-", "_")
    make = _AUTHS.get(kind)
    if make is None:
        inner.complain("type", f"'{kind[:40]}' is none of {', '.join(_AUTHS)}")
        return NoAuth()
    auth = make(inner)
    inner.done()
    return auth


def _needed(keys: Keys, *names: str) -> str:
    value = keys.text(*names)
    if not value:
        keys.complain(names[0], "is missing")
    return value


def _api_key(keys: Keys) -> Auth:
    header, query = keys.text("header"), keys.text("query")
    if header and not _HEADER.fullmatch(header):
        keys.complain("header", "is not the name of a header")
    return ApiKeyAuth(_needed(keys, "key"), header or ("" if query else "X-API-Key"), query)


def _oauth2(keys: Keys) -> Auth:
    return OAuth2Auth(
        token_url=_needed(keys, "token_url"),
        client_id=_needed(keys, "client_id"),
        client_secret=_needed(keys, "client_secret"),
        scope=keys.text("scope"),
        audience=keys.text("audience"),
        in_body=keys.flag("in_body"),
    )


_AUTHS: Mapping[str, Callable[[Keys], Auth]] = {
    "none": lambda keys: NoAuth(),
    "basic": lambda keys: BasicAuth(_needed(keys, "user"), _needed(keys, "password")),
    "bearer": lambda keys: BearerAuth(_needed(keys, "token")),
    "api_key": _api_key,
    "oauth2": _oauth2,
}


# --- understanding ------------------------------------------------------------------------------------------------------------


def _extracts(keys: Keys, wanted: Format, zone: str | None) -> tuple[Extract, ...]:
    said = keys.any("extract")
    if said is None:
        return ()
    if not isinstance(said, list):
        keys.complain("extract", "is not a list")
        return ()
    found = [_extract(keys.inner(f"extract[{index}]", each), wanted, zone) for index, each in enumerate(said)]
    return tuple(each for each in found if each is not None)


def _extract(keys: Keys, wanted: Format, zone: str | None) -> Extract | None:
    name = _needed(keys, "metric")
    kind = keys.choice(ValueType, "type") or ValueType.NUMBER
    path = keys.path(wanted, "path")
    if path is None and not keys.text("path"):
        keys.complain("path", "is missing")
    unit = keys.text("unit")
    if kind is ValueType.DURATION and unit not in UNITS:
        keys.complain("unit", f"'{unit[:20]}' is not a unit of time")
    extract = (
        Extract(name, path, kind, keys.zone() or zone, unit, keys.choice(Aggregate, "aggregate")) if path is not None else None
    )
    keys.done()
    return extract


def _required(keys: Keys, extracts: Sequence[Extract]) -> frozenset[str]:
    said = keys.any("required")
    names = {each.metric for each in extracts}
    if said is None or said is False:
        return frozenset()
    if said is True:
        return frozenset(names)
    if not isinstance(said, list):
        keys.complain("required", "is not a list of metrics")
        return frozenset()
    for name in said:
        if name not in names:
            keys.complain("required", f"'{str(name)[:40]}' is not among the metrics to extract")
    return frozenset(map(str, said))


def _conditions(keys: Keys, name: str, wanted: Format) -> tuple[Condition, ...]:
    said = keys.any(name)
    if said is None:
        return ()
    entries = said if isinstance(said, list) else [said]
    found = [_condition(keys.inner(name, each), wanted) for each in entries]
    return tuple(each for each in found if each is not None)


def _condition(keys: Keys, wanted: Format) -> Condition | None:
    path = keys.path(wanted, "path")
    if path is None and not keys.text("path"):
        keys.complain("path", "is missing")
    one_of, none_of = keys.any("in", "one_of"), keys.any("not_in")
    equals = (keys.any("equals"),) if "equals" in keys.present else ()
    differs = (keys.any("not_equals"),) if "not_equals" in keys.present else ()
    is_wanted = keys.any("exists")
    pattern = keys.text("matches")
    try:
        re.compile(pattern)
    except re.error:
        keys.complain("matches", "is not a regular expression")
        pattern = ""
    keys.any("equals", "not_equals")
    keys.done()
    if path is None:
        return None
    return Condition(
        path,
        equals=(*equals, *(one_of if isinstance(one_of, list) else ())),
        differs=(*differs, *(none_of if isinstance(none_of, list) else ())),
        matches=pattern,
        is_absent=is_wanted is False,
    )


def _health(keys: Keys) -> HealthRule | None:
    said = keys.any("health")
    if said is None:
        return None
    inner = keys.inner("health", {"style": said} if isinstance(said, str) else said)
    style = inner.choice(HealthStyle, "style", "type", "format")
    path = inner.path(Format.JSON, "path")
    name, status = inner.text("name") or "name", inner.text("status") or "status"
    inner.done()
    return HealthRule(style, path, name, status) if style is not None else None


def _paging(keys: Keys) -> Paging | None:
    said = keys.any("pagination")
    if said is None or said is False:
        return None
    inner = keys.inner("pagination", {} if said is True else {"style": said} if isinstance(said, str) else said)
    paging = Paging(
        style=_paging_style(inner),
        param=inner.text("param", "page_param", "offset_param", "cursor_param", "query", "parameter"),
        first=inner.whole(0, 10**9, "first", "start"),
        items=inner.path(Format.JSON, "items", "items_path", "data", "list"),
        next=inner.path(Format.JSON, *_NEXT_KEYS, *_CURSOR_KEYS, "path"),
        last_page=inner.path(Format.JSON, "last_page", "last", "last_path", "total_pages", "pages", "pages_path"),
        total=inner.path(Format.JSON, "total", "total_path", "count", "count_path"),
        size=inner.whole(1, 10**6, "size", "per_page", "page_size", "limit"),
        size_param=inner.text("size_param", "limit_param"),
        most_pages=inner.whole(1, MAX_PAGES_ALLOWED, "max_pages", "ceiling", "max") or MOST_PAGES,
    )
    inner.done()
    return paging


_NEXT_KEYS = ("next", "next_path", "next_link", "next_url", "next_page")
_CURSOR_KEYS = ("cursor", "cursor_path")
_PAGE_KEYS = ("param", "page_param", "last_page", "last", "last_path", "total_pages", "pages", "pages_path")
_STYLE_WORDS: Mapping[str, PagingStyle] = {
    **{each.value: each for each in PagingStyle},
    **dict.fromkeys(("link", "links", "link_header", "header", "next_link", "next_url", "next_page", "url"), PagingStyle.NEXT),
    **dict.fromkeys(("pages", "paged", "number", "page_number", "page_param", "last_page"), PagingStyle.PAGE),
    **dict.fromkeys(("skip", "start", "limit_offset", "offset_limit"), PagingStyle.OFFSET),
    **dict.fromkeys(("token", "after"), PagingStyle.CURSOR),
}


def _paging_style(keys: Keys) -> PagingStyle | None:
    """The style said; else what the other keys allow; else it is found out from the answer."""
    word = keys.text("style", "type", "kind", "mode").lower().replace("-", "_")
    if word and word not in _STYLE_WORDS:
        keys.complain("style", f"'{word[:40]}' is none of {', '.join(each.value for each in PagingStyle)}")
    if word:
        return _STYLE_WORDS.get(word)
    for style, names in (
        (PagingStyle.CURSOR, (*_CURSOR_KEYS, "cursor_param")),
        (PagingStyle.OFFSET, ("offset_param",)),
        (PagingStyle.NEXT, _NEXT_KEYS),
        (PagingStyle.PAGE, _PAGE_KEYS),
    ):
        if not keys.present.isdisjoint(names):
            return style
    return None


_AGES = tuple(
    (f"{name}{suffix}", unit)
    for name in ("max_age", "older_than", "stale_after", "within")
    for unit, suffixes in (
        (1.0, ("", "_s", "_seconds")),
        (60.0, ("_m", "_min", "_minutes")),
        (3600.0, ("_h", "_hours")),
        (86_400.0, ("_d", "_days")),
    )
    for suffix in suffixes
)
"""Keys for the greatest age, with the unit of a bare number."""


def _freshness(keys: Keys, wanted: Format, extracts: Sequence[Extract], zone: str | None) -> Freshness | None:
    said = keys.any("freshness")
    if said is None:
        return None
    inner = keys.inner("freshness", said)
    named = inner.text("metric")
    of_metric = next((each for each in extracts if each.metric == named), None)
    path = inner.path(wanted, "path") or (of_metric.path if of_metric is not None else None)
    age = inner.length(*_AGES)
    ahead = inner.length(("max_ahead", 1.0), ("max_future_s", 1.0), ("future_tolerance_s", 1.0), ("tolerance_s", 1.0))
    at = inner.any("at", "now")
    tz = inner.zone() or (of_metric.tz if of_metric is not None else zone)
    inner.done()
    if path is None or age is None:
        inner.complain("", "needs a path and a max_age")
        return None
    return Freshness(path, age, tz, ahead or timedelta(minutes=5), float(at) if isinstance(at, (int, float)) else None)


def _open_items(keys: Keys, wanted: Format, zone: str | None) -> OpenItems | None:
    said = keys.any("open_items")
    if said is None:
        return None
    inner = keys.inner("open_items", said)
    if wanted is not Format.JSON:
        inner.complain("", "can be read from JSON only")
    path, opened = inner.path(Format.JSON, "path"), inner.path(Format.JSON, "opened")
    status = inner.path(Format.JSON, "status")
    closed = inner.any("closed")
    tz = inner.zone() or zone
    inner.done()
    if path is None or opened is None:
        inner.complain("", "needs the path of a list, and where in an item the moment of its arrival stands ('opened')")
        return None
    words = frozenset(str(each).lower() for each in closed) if isinstance(closed, list) else frozenset()
    return OpenItems(path, opened, status, words, tz)
