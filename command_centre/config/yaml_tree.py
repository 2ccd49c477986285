"""YAML as a tree that remembers where everything stands.

Built from parser events, not by ruamel's constructor: every key and value keeps its line and column, all duplicate keys are
found at once, and what a configuration has no use for (anchors, tags, several documents, deep nesting) is refused.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from command_centre.config.mistakes import quoted

DEEPEST = 20
LARGEST_BYTES = 262_144
MOST_OPEN_BRACKETS = 100
"""The scanner needs quadratic time for open brackets; nobody opens a hundred of them on purpose."""

MOST_SECTIONS = 100
"""More keys at the left margin than any configuration has: such a file is not read piece by piece."""

_SECTION = re.compile(r"(?m)^[A-Za-z_][\w-]*[ ]*:(?=\s|$)")
_DOCUMENT = re.compile(r"(?m)^(---|\.\.\.)(?=\s|$)")
_WHOLE = re.compile(r"[-+]?\d{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:\d{1,18}\.\d{0,18}|\.\d{1,18})(?:[eE][-+]?\d{1,3})?|[-+]?\d{1,18}[eE][-+]?\d{1,3}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; ``text`` is as written, without quotes."""

    value: str | int | float | bool | None
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value."""

    key: str
    key_mark: Mark
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """Keys and values, in the order written; of a repeated key the first is kept."""

    entries: tuple[Entry, ...]
    mark: Mark

    def entry(self, key: str) -> Entry | None:
        return next((each for each in self.entries if each.key == key), None)


Node: TypeAlias = Scalar | ListNode | MapNode


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the YAML itself, and where."""

    sentence: str
    mark: Mark


class _UnreadableError(Exception):
    def __init__(self, sentence: str, mark: Mark) -> None:
        self.fault = Fault(sentence, mark)
        super().__init__(sentence)


def parse(text: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The tree (None when the file cannot be read as YAML) and all faults found."""
    faults: list[Fault] = []
    try:
        _refuse_bracket_towers(text)
        events = _events(text)
        root = _document(events, faults)
    except _UnreadableError as stop:
        return None, (*faults, stop.fault)
    return root, tuple(faults)


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole file. ``unread`` are the keys of the left margin whose sections are no YAML; ``root`` None: nothing can be read."""

    root: Node | None
    faults: tuple[Fault, ...]
    unread: frozenset[str] = frozenset()


def parse_sections(text: str) -> Tree:
    """As ``parse``; where the file as a whole is no YAML, each section is read on its own: one hides no other."""
    root, faults = parse(text)
    starts = [match.start() for match in _SECTION.finditer(text)]
    if root is not None or not faults or not 1 < len(starts) <= MOST_SECTIONS or _DOCUMENT.search(text, starts[0]):
        return Tree(root, faults)
    by_section = _joined(_pieces(text, starts))
    return by_section if by_section.faults else Tree(None, faults)


@dataclass(frozen=True, slots=True)
class _Piece:
    key: str
    root: Node | None
    faults: tuple[Fault, ...]


def _pieces(text: str, starts: Sequence[int]) -> Iterator[_Piece]:
    """The sections; what stands before the first belongs to it."""
    for start, end in itertools.pairwise((*starts, len(text))):
        begin = 0 if start == starts[0] else start
        root, faults = parse(text[begin:end])
        above = text.count("\n", 0, begin)
        key = text[start:end].partition(":")[0].strip()
        moved = tuple(Fault(each.sentence, _lower(each.mark, above)) for each in faults)
        yield _Piece(key, None if root is None else _moved(root, above), moved)


def _joined(pieces: Iterable[_Piece]) -> Tree:
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    unread: set[str] = set()
    for piece in pieces:
        faults.extend(piece.faults)
        if isinstance(piece.root, MapNode):
            for entry in piece.root.entries:
                _add(entry, entries, faults)
        else:
            unread.add(piece.key)
    return Tree(MapNode(tuple(entries.values()), Mark(1, 1)), tuple(faults), frozenset(unread))


def _moved(node: Node, lines: int) -> Node:
    """The same tree, ``lines`` further down."""
    match node:
        case Scalar():
            return Scalar(node.value, node.text, _lower(node.mark, lines))
        case ListNode():
            return ListNode(tuple(_moved(each, lines) for each in node.items), _lower(node.mark, lines))
        case MapNode():
            entries = (Entry(each.key, _lower(each.key_mark, lines), _moved(each.value, lines)) for each in node.entries)
            return MapNode(tuple(entries), _lower(node.mark, lines))


def _lower(mark: Mark, lines: int) -> Mark:
    return Mark(mark.line + lines, mark.column)


def plain(node: Node) -> object:
    """The tree as dicts, lists and values."""
    match node:
        case Scalar():
            return node.value
        case ListNode():
            return [plain(each) for each in node.items]
        case MapNode():
            return {each.key: plain(each.value) for each in node.entries}


def locate(node: Node, path: tuple[str | int, ...]) -> Node:
    """The node at ``path``, or the last one on the way there that exists."""
    for step in path:
        below = _step(node, step)
        if below is None:
            return node
        node = below
    return node


def _step(node: Node, step: str | int) -> Node | None:
    match node, step:
        case MapNode(), str():
            entry = node.entry(step)
            return None if entry is None else entry.value
        case ListNode(), int():
            return node.items[step] if step < len(node.items) else None
        case _:
            return None


def _refuse_bracket_towers(text: str) -> None:
    open_now = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for column, each in enumerate(line, start=1):
            if each in "[{":
                open_now += 1
            elif each in "]}" and open_now:
                open_now -= 1
            if open_now > MOST_OPEN_BRACKETS:
                raise _UnreadableError(f"more than {MOST_OPEN_BRACKETS} brackets are open here", Mark(number, column))


def _events(text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="rt", pure=True).parse(text)
    except MarkedYAMLError as trouble:
        raise _UnreadableError(_explain(trouble, text), _mark_of(trouble, text)) from None
    except YAMLError as trouble:
        raise _UnreadableError(f"is not YAML: {_first_line(trouble)}", Mark(1, 1)) from None
    except (ValueError, TypeError, IndexError, AttributeError, AssertionError, NotImplementedError, RecursionError) as trouble:
        # ruamel's own slips on strange input: the editor's file is at fault, not the start
        raise _UnreadableError(f"is not YAML that can be read ({type(trouble).__name__})", Mark(1, 1)) from None


def _mark_of(trouble: MarkedYAMLError, text: str) -> Mark:
    """Where the trouble shows; where it began when it shows only at the end of the file."""
    mark = trouble.problem_mark or trouble.context_mark
    if mark and trouble.context_mark and not "".join(text.split("\n")[mark.line :])[mark.column :].strip():
        mark = trouble.context_mark
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _explain(trouble: MarkedYAMLError, text: str) -> str:
    mark = _mark_of(trouble, text)
    lines = text.split("\n")
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces; this line begins with a tab"
    match trouble.problem:
        case "mapping values are not allowed here":
            return "a colon and a space inside a value; put the value in quotes, or check the indentation"
        case str(problem) if "expected <block end>" in problem:
            return "the indentation does not fit the lines above"
        case str(problem) if "could not find expected ':'" in problem:
            return "a ':' is missing after the key"
        case str(problem) if "expected ',' or" in problem:
            return "a ',' or a closing bracket is missing here or after it"
        case str(problem) if "found unexpected end of stream" in problem:
            return "the quotation mark that opens here is not closed"
        case _:
            return f"is not YAML: {_first_line(trouble.problem or trouble.context or 'cannot be read')}"


def _first_line(problem: object) -> str:
    return (str(problem).strip().splitlines() or ["cannot be read"])[0][:120]


def _document(events: Iterator[Event], faults: list[Fault]) -> Node | None:
    root: Node | None = None
    documents = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _UnreadableError("a second document ('---') begins here; there is room for one", _at(event))
        elif isinstance(event, NodeEvent):
            root = _node(event, events, faults, 0)
    return root


def _node(event: Event, events: Iterator[Event], faults: list[Fault], depth: int) -> Node:
    if depth > DEEPEST:
        raise _UnreadableError(f"is nested deeper than {DEEPEST} levels", _at(event))
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise _UnreadableError("anchors (&name) and aliases (*name) are not used here; write the value out", _at(event))
    tag = getattr(event, "tag", None)
    if tag is not None and str(tag) != "!":
        raise _UnreadableError(f"tags such as {quoted(tag)} are not used here", _at(event))
    match event:
        case ScalarEvent():
            return _scalar(event)
        case SequenceStartEvent():
            return _list(event, events, faults, depth)
        case MappingStartEvent():
            return _map(event, events, faults, depth)
        case _:
            raise _UnreadableError("is not YAML that can be read", _at(event))


def _scalar(event: ScalarEvent) -> Scalar:
    text = str(event.value)
    is_plain = bool(event.implicit and event.implicit[0]) and not event.style
    return Scalar(_resolve(text) if is_plain else text, text, _at(event))


def _resolve(text: str) -> str | int | float | bool | None:
    """YAML 1.2: only true, false, null and numbers are more than text ('yes', '22:00' and dates stay text)."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _list(start: Event, events: Iterator[Event], faults: list[Fault], depth: int) -> ListNode:
    items: list[Node] = []
    for event in events:
        if isinstance(event, SequenceEndEvent):
            break
        items.append(_node(event, events, faults, depth + 1))
    return ListNode(tuple(items), _at(start))


def _map(start: Event, events: Iterator[Event], faults: list[Fault], depth: int) -> MapNode:
    entries: dict[str, Entry] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        key = _node(event, events, faults, depth + 1)
        value = _node(next(events), events, faults, depth + 1)
        if not isinstance(key, Scalar):
            faults.append(Fault("a key must be a word, not a list or a group", key.mark))
        else:
            _add(Entry(key.text, key.mark, value), entries, faults)
    return MapNode(tuple(entries.values()), _at(start))


def _add(entry: Entry, entries: dict[str, Entry], faults: list[Fault]) -> None:
    if entry.key in entries:
        earlier = entries[entry.key].key_mark.line
        faults.append(Fault(f"key {quoted(entry.key)} is already on line {earlier}", entry.key_mark))
    else:
        entries[entry.key] = entry


def _at(event: Event) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)
