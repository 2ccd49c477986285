"""A Dash page as plain HTML: what the browser would show after its first draw, without starting a server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

ASSETS = Path(__file__).parents[2] / "layouts" / "assets"
_VOID = frozenset({"img", "br", "hr", "input"})


def to_html(node: Any) -> str:
    """``node``: a component, its JSON, text, a list of these, or None."""
    if node is None:
        return ""
    if isinstance(node, str | int | float):
        return escape(str(node))
    if isinstance(node, list | tuple):
        return "".join(to_html(each) for each in node)
    if isinstance(node, Component):
        return to_html(node.to_plotly_json())  # type: ignore[no-untyped-call]
    tag = str(node["type"]).lower()
    props: Mapping[str, Any] = node["props"]
    attributes = "".join(_attribute(name, value) for name, value in props.items() if name != "children" and value is not None)
    return f"<{tag}{attributes}>" if tag in _VOID else f"<{tag}{attributes}>{to_html(props.get('children'))}</{tag}>"


def to_text(node: Any) -> str:
    """The words of a node in reading order, single-spaced."""
    if node is None:
        return ""
    if isinstance(node, str | int | float):
        return str(node)
    if isinstance(node, list | tuple):
        return " ".join(" ".join(to_text(each) for each in node).split())
    if isinstance(node, Component):
        return to_text(node.to_plotly_json())  # type: ignore[no-untyped-call]
    return to_text(node["props"].get("children"))


def classes(node: Any) -> list[str]:
    """Every class in a node, in document order."""
    return re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', to_html(node))))


def _attribute(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return f" {name}" if value else ""
    if name == "style":
        return f' style="{escape(";".join(f"{_css_name(key)}:{each}" for key, each in value.items()))}"'
    return f' {"class" if name == "className" else name}="{escape(str(value))}"'


def _css_name(key: str) -> str:
    return key if key.startswith("--") else re.sub("[A-Z]", lambda letter: "-" + letter.group().lower(), key)


def ids_in(component: Component) -> set[str]:
    """The ids of a component and everything in it."""
    every = [component, *component._traverse()]  # type: ignore[no-untyped-call]
    return {key for each in every if isinstance(key := getattr(each, "id", None), str)}


def document(page: Component, *, theme: str, style: str, fonts: Mapping[str, Path]) -> str:
    """A whole document with the project's own style sheets; ``fonts`` maps the addresses of faces to files."""
    sheets = "".join(sheet.read_text() for sheet in sorted(ASSETS.glob("*.css")))
    for address, file in fonts.items():
        sheets = sheets.replace(address, file.as_uri())
    return (
        f'<!doctype html><html class="cc-dinding" lang="id" data-tema="{theme}" style="{style}"><head><meta charset="utf-8">'
        f"<style>{sheets}</style></head><body>{to_html(page)}</body></html>"
    )
