"""Whether people see an element: the ways of hiding that intruders use, read from inline styles and the page's own style sheet.

Conditional rules (``@media`` …) hide menus on small screens and prove nothing; they are left out. External style sheets are not
read. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_RULES = 2_000
MOST_HIDING_RULES = 200
DEEPEST = 128
"""So many ancestors are asked; a browser gives up at 512."""

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;{}]{1,300})")
_RULE = re.compile(r"([^{}@;]{1,600})\{([^{}]{0,2000})\}")
_CONDITIONAL = re.compile(
    r"@(?:media|supports|container|keyframes|-webkit-keyframes)[^{]{0,300}"
    r"\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,400}[^{}]{0,2000}\}?"
)
_CSS_COMMENT = re.compile(r"/\*.{0,4000}?\*/", re.DOTALL)
_LENGTH = re.compile(r"(-?\d{0,7}(?:\.\d{0,4})?)(px|em|rem|pt|vw|vh|%|cm|in)?")
_FAR = {"px": 400.0, "em": 25.0, "rem": 25.0, "pt": 300.0, "vw": 100.0, "vh": 100.0, "%": 100.0, "cm": 10.0, "in": 4.0, "": 400.0}


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute or of a rule's block, in lower case; the last one of a name counts."""
    plain = _CSS_COMMENT.sub("", style.lower()[:4000])
    return {name: value.replace("!important", "").strip() for name, value in _DECLARATION.findall(plain)}


def hiding_reason(style: Mapping[str, str]) -> str:
    """How these declarations keep an element from people's eyes; empty when they do not."""
    return next((reason for question in _QUESTIONS if (reason := question(style))), "")


def _by_display(style: Mapping[str, str]) -> str:
    if style.get("display", "").startswith("none"):
        return "display:none"
    if style.get("visibility", "").startswith(("hidden", "collapse")):
        return "visibility:hidden"
    opacity = style.get("opacity", "")
    return "opacity:0" if opacity and _number(opacity, 1.0) <= 0.05 else ""


def _by_size(style: Mapping[str, str]) -> str:
    if _is_tiny(style, "font-size", 2.0) or _is_tiny(style, "font", 2.0):
        return "font-size:0"
    clips = any(style.get(each, "").startswith(("hidden", "clip")) for each in ("overflow", "overflow-x", "overflow-y"))
    boxes = ("width", "height", "max-height", "max-width")
    if clips and any(_is_tiny(style, each, 2.0) for each in boxes):
        return "zero size"
    return "scale(0)" if re.search(r"scale[xy3d]*\(\s*0(?:\.0\d*)?\s*[,)]", style.get("transform", "")) else ""


def _by_place(style: Mapping[str, str]) -> str:
    is_placed = style.get("position", "").startswith(("absolute", "fixed", "relative"))
    for name in ("left", "top", "right", "bottom"):
        if is_placed and _is_far_out(style.get(name, "")):
            return "off-screen"
    for name in ("text-indent", "margin-left", "margin-top", "margin"):
        if any(_is_far_out(part) for part in style.get(name, "").split()):
            return "off-screen"
    moved = re.search(r"translate[xy3d]*\(([^)]{1,60})\)", style.get("transform", ""))
    if moved and any(_is_far_out(part.strip()) and part.strip() not in ("-100%", "100%") for part in moved.group(1).split(",")):
        return "off-screen"
    return ""


def _by_clip(style: Mapping[str, str]) -> str:
    clip = style.get("clip", "").replace(" ", "")
    if re.match(r"rect\((?:0|1px)?(?:px)?,?(?:0|1px)", clip) or re.match(r"rect\(0(?:px)?,0(?:px)?,0(?:px)?,0", clip):
        return "clipped away"
    path = style.get("clip-path", "").replace(" ", "")
    return "clipped away" if path.startswith(("inset(50%", "inset(100%", "circle(0", "polygon(00")) else ""


def _by_colour(style: Mapping[str, str]) -> str:
    colour = _colour(style.get("color", ""))
    ground = _colour(style.get("background-color", "") or style.get("background", "").split(" ")[0])
    if colour == "transparent":
        return "transparent text"
    return "text in the colour of its background" if colour and colour == ground else ""


_QUESTIONS = (_by_display, _by_size, _by_place, _by_clip, _by_colour)


def _number(text: str, default: float) -> float:
    found = re.match(r"\d{0,4}\.?\d{1,6}", text)
    return float(found.group()) if found else default


def _is_tiny(style: Mapping[str, str], name: str, below_px: float) -> bool:
    found = _LENGTH.match(style.get(name, ""))
    if found is None or found.group(1) in ("", "-", "."):
        return False
    size, unit = float(found.group(1)), found.group(2) or ""
    if size == 0:
        return True
    return unit == "px" and 0 < size < below_px


def _is_far_out(length: str) -> bool:
    found = _LENGTH.match(length)
    if found is None or not found.group(1).startswith("-") or found.group(1) in ("-", "-."):
        return False
    return -float(found.group(1)) >= _FAR[found.group(2) or ""]


_NAMED = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "blue": "#0000ff", "green": "#008000", "yellow": "#ffff00"}


def _colour(text: str) -> str:
    """A colour in one spelling; empty when it is none or not understood."""
    plain = text.strip().replace(" ", "")
    if plain in ("transparent", "rgba(0,0,0,0)") or re.fullmatch(r"rgba\(\d+,\d+,\d+,0?\.?0*\)", plain):
        return "transparent"
    if re.fullmatch(r"#[0-9a-f]{3}", plain):
        return "#" + "".join(each * 2 for each in plain[1:])
    found = re.fullmatch(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,1)?\)", plain)
    if found:
        return "#" + "".join(f"{int(each):02x}" for each in found.groups())
    return plain if re.fullmatch(r"#[0-9a-f]{6}", plain) else _NAMED.get(plain, "")


_PAPER = "#ffffff"
_GROUNDS = frozenset({"background", "background-color", "background-image"})


def _is_near(one: str, other: str) -> bool:
    """Whether no eye could tell the two colours apart."""
    if not (one.startswith("#") and other.startswith("#")):
        return False
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return all(abs(first - second) <= 12 for first, second in pairs)


_UNSEEN_TAGS: Mapping[str, str] = {"noscript": "noscript", "template": "template", "noembed": "noembed", "noframes": "noframes"}
_CLOSED = re.compile(r"\b(?:sr-only|visually-hidden|screen-reader-text|d-none|invisible)\b")


class Eye:
    """Answers for one page whether an element is seen, and if not, why."""

    def __init__(self, html: LexborHTMLParser, style_sheets: Sequence[str]) -> None:
        self._html = html
        self._style_sheets = style_sheets
        self._by_rule: dict[int, str] | None = None
        self._known: dict[int, str] = {}

    def hidden_by(self, node: LexborNode | None) -> str:
        """How the element or one of its ancestors is hidden; empty when people see it."""
        path: list[int] = []
        reason = ""
        for _ in range(DEEPEST):
            if node is None or node.tag in (None, "html", "-document"):
                break
            known = self._known.get(node.mem_id)
            if known is not None:
                reason = known
                break
            path.append(node.mem_id)
            reason = self._own_reason(node)
            if reason:
                break
            node = node.parent
        for each in path:
            self._known[each] = reason
        return reason

    def _own_reason(self, node: LexborNode) -> str:
        if node.tag in _UNSEEN_TAGS:
            return _UNSEEN_TAGS[str(node.tag)]
        attributes = node.attributes
        if not attributes:
            return self._rules().get(node.mem_id, "")
        if "hidden" in attributes and attributes["hidden"] != "until-found":
            return "hidden"
        by_style = hiding_reason(declarations(attributes.get("style") or ""))
        if by_style:
            return by_style
        if _CLOSED.search((attributes.get("class") or "")[:400]):
            return "hidden by its class"
        return self._rules().get(node.mem_id, "") or self._by_attributes(node, attributes)

    def _by_attributes(self, node: LexborNode, attributes: Mapping[str, str | None]) -> str:
        if node.tag == "marquee" and any(_is_zero(attributes.get(each)) for each in ("width", "height")):
            return "zero size"
        inline = declarations(attributes.get("style") or "")
        if node.tag == "marquee" and (_is_tiny(inline, "width", 2.0) or _is_tiny(inline, "height", 2.0)):
            return "zero size"  # a marquee clips what does not fit
        written = inline.get("color", "") or (attributes.get("color") or "" if node.tag == "font" else "")
        colour = _colour(written.lower())
        return "text in the colour of its background" if colour and _is_near(colour, self._ground(node)) else ""

    def _ground(self, node: LexborNode) -> str:
        """The colour behind an element; empty when only an external style sheet could tell."""
        around: LexborNode | None = node
        for _ in range(DEEPEST):
            if around is None or around.tag in (None, "html", "-document"):
                return _PAPER
            attributes = around.attributes
            style = declarations(attributes.get("style") or "")
            if style.keys() & _GROUNDS or attributes.get("bgcolor") or attributes.get("background"):
                written = style.get("background-color") or style.get("background") or attributes.get("bgcolor") or ""
                return _colour(written.lower())
            if around is not node and around.tag != "body" and (attributes.get("class") or attributes.get("id")):
                return ""
            around = around.parent
        return ""

    def _rules(self) -> Mapping[int, str]:
        if self._by_rule is None:
            self._by_rule = {}
            for selector, reason in hiding_rules(self._style_sheets):
                for node in self._select(selector):
                    self._by_rule.setdefault(node.mem_id, reason)
        return self._by_rule

    def _select(self, selector: str) -> Sequence[LexborNode]:
        try:
            return self._html.css(selector)
        except Exception:  # noqa: BLE001 - selectolax raises SelectolaxError and ValueError alike for a selector it cannot read
            return ()


def is_tiny(attributes: Mapping[str, str | None]) -> bool:
    """Whether width and height leave nothing to be seen."""
    return all(_is_zero(attributes.get(each)) for each in ("width", "height"))


def _is_zero(text: str | None) -> bool:
    return text is not None and re.match(r"\s*[01](?:px|%)?\s*$", text) is not None


def hiding_rules(style_sheets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Selectors of the rules that hide, each with how."""
    found = 0
    for sheet in style_sheets:
        plain = _CONDITIONAL.sub(" ", _CSS_COMMENT.sub(" ", sheet[:200_000]))
        for number, (selector, block) in enumerate(_RULE.findall(plain)):
            if number > MOST_RULES or found > MOST_HIDING_RULES:
                return
            reason = hiding_reason(declarations(block))
            if reason and ":" not in selector:
                found += 1
                yield selector.strip(), reason
