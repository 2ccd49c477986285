"""The snapshot as one web page that needs nothing else: readable by a screen reader, on a phone, on paper, and in ten years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

STYLE = """
:root{color-scheme:light}
body{font:17px/1.45 Roboto,"Segoe UI","Noto Sans",sans-serif;color:#111315;background:#fff;
margin:0 auto;max-width:60rem;padding:1rem}
header p,footer p{margin:.2rem 0;color:#33383d}
h1{font-size:1.5rem;margin:.6rem 0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem}
.tanda{border:2px dashed #565d64;padding:.15rem .6rem;display:inline-block;margin:.2rem .4rem .2rem 0;font-weight:700}
.vonis{font-size:1.2rem;font-weight:700;border-block:2px solid #111;padding:.6rem 0}
.gulir{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #b6bbc0;vertical-align:top}
thead th{border-top:2px solid #111;border-bottom:2px solid #111}td.angka,th.angka{text-align:right;white-space:nowrap}
tr.jumlah>*{font-weight:700;border-top:2px solid #111}.kotak{border:2px solid #111;padding:.6rem .9rem}
.kecil{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.6rem 1rem;list-style:none;padding:0}
.kecil li{border-top:1px solid #b6bbc0;padding-top:.2rem}.kecil b{float:right}svg{display:block;width:100%;height:2.6rem}
code{overflow-wrap:anywhere}a{color:inherit}
"""

WIDTH, HEIGHT = 100.0, 30.0


def web_page(document: Mapping[str, Any]) -> str:
    """The whole page. Everything that came from elsewhere is escaped."""
    head = document["letterhead"]
    marks = [text for text in (document["draft"], document["simulated"], document["incomplete"]) if text]
    body = [
        "<header>",
        f"<p>{escape(head['government'])}<br><strong>{escape(head['office'])}</strong></p>",
        f"<h1>{escape(document['name'])}</h1><p>{escape(document['period'])}</p>",
        "".join(f'<span class="tanda">{escape(each)}</span>' for each in marks),
        "</header><main>",
        f'<p class="vonis">{" ".join(_sentence(each) for each in document["verdict"])}</p>',
        _section(document["measures"]["title"], _measures(document["measures"])),
        _section(document["dimensions"]["title"], _dimensions(document["dimensions"])),
        _section(document["stories"]["title"], _stories(document["stories"])),
        f'<p class="kotak"><strong>{escape(document["decision"]["title"])}</strong> {_sentence(document["decision"])}</p>',
        _section(document["areas"]["title"], _areas(document["areas"])),
        _section(document["districts"]["head"][0], _districts(document["districts"])),
        _section(
            document["attention"]["head"][0],
            _table(document["attention"]["head"], document["attention"]["rows"]) + _note(document["attention"]["note"]),
        ),
        _section(document["follow_ups"]["title"], _rows_or_note(document["follow_ups"])),
        _section(
            document["quality"]["title"],
            f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in document['quality']['lines'])}</ul>",
        ),
        _section(document["incidents"]["title"], _incidents(document["incidents"])),
        f"</main><footer><p>{escape(document['foot'])}</p>",
        f"<p>{escape(document['seal']['label'])}: <code>{escape(''.join(document['seal']['halves']))}</code></p>",
        f"<p>{escape(document['seal']['key'])} · {escape(document['seal']['how'])}</p></footer>",
    ]
    return (
        f'<!doctype html><html lang="{escape(document["language"])}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(document["name"])}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _sentence(told: Mapping[str, Any]) -> str:
    """A sentence that knows its evidence; where that is an incident, it leads to it."""
    evidence = " ".join(told["evidence"])
    text = f'<span data-bukti="{escape(evidence)}">{escape(told["text"])}</span>'
    links = [each for each in told["evidence"] if each.startswith("incident:")]
    return text + "".join(f' <a href="#{escape(_anchor(each))}">[{escape(each.partition(":")[2])}]</a>' for each in links)


def _anchor(evidence: str) -> str:
    return evidence.replace(":", "-")


def _note(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _measures(measures: Mapping[str, Any]) -> str:
    return _table(measures["head"], [row["cells"] for row in measures["rows"]]) + _note(measures["note"])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str] | None = None) -> str:
    heads = "".join(f'<th scope="col"{_right(place)}>{escape(each)}</th>' for place, each in enumerate(head))
    body = "".join(_row(row, "") for row in rows) + (_row(total, ' class="jumlah"') if total is not None else "")
    return f'<div class="gulir" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(cells: Sequence[str], look: str) -> str:
    first, *others = cells
    rest = "".join(f"<td{_right(place)}>{escape(each)}</td>" for place, each in enumerate(others, start=1))
    return f'<tr{look}><th scope="row">{escape(first)}</th>{rest}</tr>'


def _right(place: int) -> str:
    return ' class="angka"' if place else ""


def _dimensions(dimensions: Mapping[str, Any]) -> str:
    items = "".join(
        f"<li><b>{escape(each['figure'])}</b>{escape(each['name'])}<br>{escape(each['detail'])}</li>"
        for each in dimensions["rows"]
    )
    return f'<ul class="kecil">{items}</ul>{_note(dimensions["note"])}'


def _stories(stories: Mapping[str, Any]) -> str:
    items = "".join(
        f"<li><strong>{escape(each['head'])}</strong> {escape(each['text'])} "
        f'<a href="#{escape(_anchor(each["evidence"][0]))}">[{escape(each["number"])}]</a></li>'
        for each in stories["items"]
    )
    return (f"<ol>{items}</ol>" if items else "") + _note(stories["note"])


def _areas(areas: Mapping[str, Any]) -> str:
    items = "".join(_area(each, areas["limit"]) for each in (*areas["kelurahan"], *areas["coast"]))
    return f'<ul class="kecil">{items}</ul>{_note(areas["note"])}'


def _area(area: Mapping[str, Any], limit: float) -> str:
    mark = "▼ " if area["is_below"] else ""
    return f"<li>{escape(area['name'])} <b>{mark}{escape(area['value'])}</b>{_spark(area['days'], limit)}</li>"


def _spark(days: Sequence[float | None], limit: float) -> str:
    """Day by day as a picture; the numbers are in the table of the annex, so it is hidden from screen readers."""
    known = [each for each in days if each is not None]
    low = min([*known, limit, 0.9]) if known else 0.0

    def place(number: int, value: float) -> tuple[float, float]:
        across = WIDTH * (number + 0.5) / max(len(days), 1)
        return round(across, 1), round((1 - (value - low) / (1 - low or 1)) * (HEIGHT - 4) + 2, 1)

    lines = []
    for number, (here, following) in enumerate(pairwise(days)):
        if here is not None and following is not None:
            (x1, y1), (x2, y2) = place(number, here), place(number + 1, following)
            lines.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#333" stroke-width="1.2"/>')
    squares = []
    for number, value in enumerate(days):
        if value is not None and value < limit:
            x, y = place(number, value)
            squares.append(f'<rect x="{x - 1.6}" y="{y - 1.6}" width="3.2" height="3.2"/>')
    dashed = place(0, limit)[1]
    rule = f'<line x1="0" x2="{WIDTH}" y1="{dashed}" y2="{dashed}" stroke="#777" stroke-width=".8" stroke-dasharray="2 2"/>'
    drawn = "".join([rule, *lines, *squares])
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'


def _districts(districts: Mapping[str, Any]) -> str:
    return _table(districts["head"], districts["rows"], districts["total"])


def _rows_or_note(part: Mapping[str, Any]) -> str:
    return (_table(part["head"], part["rows"]) if part["rows"] else "") + _note(part["note"])


def _incidents(incidents: Mapping[str, Any]) -> str:
    if not incidents["rows"]:
        return _note(incidents["note"])
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in incidents["head"])
    body = "".join(
        f'<tr id="{escape(_anchor(row["evidence"]))}">{"".join(f"<td>{escape(each)}</td>" for each in row["cells"])}</tr>'
        for row in incidents["rows"]
    )
    return f'<div class="gulir" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
