"""Nodes: what a region is made of, in the plain form Dash sends to the browser.

A Dash component object costs about 10 microseconds to build and must be walked again to become JSON; a wall of 120 sites has 600
of them and is drawn several times a second. A node is that JSON itself: two draws compare with ``==`` and encode as they are.
Skeletons, which are built once per page, are ordinary Dash components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Element: TypeAlias = dict[str, Any]
Node: TypeAlias = str | Element
Children: TypeAlias = str | Element | Sequence[str | Element]
Style: TypeAlias = Mapping[str, str]
Draw: TypeAlias = Callable[[], Children]
"""Draws one region. Regions are drawn one by one, so that a bug in one leaves the others on the glass."""


def element(
    tag: str,
    children: Children | None = None,
    class_name: str = "",
    *,
    style: Style | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Element:
    """One HTML element of ``dash.html``; ``attributes`` are ``data-*`` and ``aria-*``."""
    props: dict[str, Any] = {"children": children}
    if class_name:
        props["className"] = class_name
    if style:
        props["style"] = style
    if attributes:
        props.update(attributes)
    return {"type": tag, "namespace": "dash_html_components", "props": props}


def div(children: Children | None = None, class_name: str = "", *, style: Style | None = None) -> Element:
    return element("Div", children, class_name, style=style)


def span(children: Children | None = None, class_name: str = "") -> Element:
    return element("Span", children, class_name)


def bold(children: Children) -> Element:
    return element("B", children)


def paragraph(children: Children, class_name: str = "") -> Element:
    return element("P", children, class_name)


def item(children: Children, class_name: str = "") -> Element:
    return element("Li", children, class_name)
