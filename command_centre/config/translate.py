"""pydantic's findings in our own words, with the place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from command_centre.config.mistakes import Mistake, draw, looks_secret, nearest, quoted
from command_centre.config.secret import NOT_TO_BE_REPEATED
from command_centre.config.yaml_tree import MapNode, Mark, Node, Scalar, locate

Path = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(slots=True)
class Findings:
    """The mistakes of one YAML file, collected while it is read; ``hidden`` are values that must not be repeated."""

    file: str
    lines: tuple[str, ...]
    root: Node
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    doubted: set[Path] = field(default_factory=set)
    """Where the mistakes are, and the keys that a misspelt one probably means: nothing can be concluded from these values."""
    unread: set[str] = field(default_factory=set)
    """Sections that could not be read as YAML at all."""

    def is_sound(self, *path: str | int) -> bool:
        """Whether what stands at ``path`` (or its absence) is what the editor means: no mistake was noted there or below."""
        if path and path[0] in self.unread:
            return False
        return not any(each[: len(path)] == path for each in self.doubted)

    def refuse(self, path: Path, sentence: str, suggestion: str | None = None) -> None:
        """A mistake in the value at ``path``."""
        self.doubted.add(path)
        self.mistakes.append(self._mistake(path, self._value_mark(path), sentence, suggestion))

    def refuse_at(self, mark: Mark, sentence: str) -> None:
        """A mistake in the YAML itself."""
        self.mistakes.append(self._mistake((), mark, sentence, None))

    def refuse_key(self, path: Path, sentence: str, suggestion: str | None = None) -> None:
        """A mistake in the key at the end of ``path``; the words before it say where."""
        self.doubted.add(path)
        self.mistakes.append(self._mistake(path[:-1], self._key_mark(path), sentence, suggestion))

    def refuse_missing(self, path: Path) -> None:
        """The key at the end of ``path`` is not there."""
        key = str(path[-1])
        above = path[:-1]
        self.doubted.add(path)
        self.mistakes.append(self._mistake(above, self._value_mark(above), MISSING.get(key, f"the key '{key}' is missing"), None))

    def warn(self, path: Path, sentence: str) -> None:
        """Not a mistake, but something that will not work as hoped."""
        self.warnings.append(self._mistake(path, self._key_mark(path), sentence, None))

    def refuse_unknown(self, path: Path, known: Iterable[str]) -> None:
        """A key that nobody understands; what was probably meant for a secret is not repeated."""
        key = str(path[-1])
        meant = nearest(key, known)
        self.refuse_key(path, f"unknown key {quoted(key)}", meant)
        if meant is not None:
            self.doubted.add((*path[:-1], meant))
        if meant is not None and looks_secret(meant):
            self._hide(path)

    def refuse_hidden(self, path: Path, sentence: str) -> None:
        """A mistake in a value that must not be repeated, whatever else is said about its line."""
        self.doubted.add(path)
        mark = self._key_mark(path)
        self.mistakes.append(Mistake(self.file, sentence, mark.line, mark.column, words(path)))
        self._hide(path)

    def _hide(self, path: Path) -> None:
        node = locate(self.root, path)
        if isinstance(node, Scalar):
            self.hidden.update(word for word in node.text.split() if len(word) > 3)

    def _mistake(self, path: Path, mark: Mark, sentence: str, suggestion: str | None) -> Mistake:
        line = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        return Mistake(self.file, sentence, mark.line, mark.column, words(path), suggestion, draw(line, mark.column))

    def _value_mark(self, path: Path) -> Mark:
        return locate(self.root, path).mark

    def _key_mark(self, path: Path) -> Mark:
        above = locate(self.root, path[:-1])
        entry = above.entry(str(path[-1])) if path and isinstance(above, MapNode) else None
        return entry.key_mark if entry else locate(self.root, path).mark


def words(path: Path) -> str:
    """``collectors[0].every``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def validated(model: type[ModelT], value: object, path: Path, findings: Findings, context: Mapping[str, Any]) -> ModelT | None:
    """``value`` as ``model``, or None after every mistake in it was noted."""
    try:
        return model.model_validate(value, context=dict(context))
    except ValidationError as trouble:
        for error in trouble.errors(include_url=False):
            note(error, model, path, findings)
        return None


def as_far_as_sound(
    model: type[ModelT], value: object, path: Path, findings: Findings, context: Mapping[str, Any]
) -> ModelT | None:
    """As ``validated``, but keys with a mistake do not take the others along: so all mistakes can be told in one round.

    In their place stands the default, or the model's example where the key is required; ``findings.is_sound`` tells which
    values are really the editor's. None when nothing of it can be used.
    """
    try:
        return model.model_validate(value, context=dict(context))
    except ValidationError as trouble:
        errors = trouble.errors(include_url=False)
    for error in errors:
        note(error, model, path, findings)
    broken = {str(error["loc"][0]) for error in errors if error["loc"]}
    return _mended(model, value, broken, context) if isinstance(value, dict) else None


def _mended(model: type[ModelT], value: Mapping[str, object], broken: set[str], context: Mapping[str, Any]) -> ModelT | None:
    kept = {key: each for key, each in value.items() if key not in broken}
    for name, info in model.model_fields.items():
        key = info.alias or name
        if key in broken and info.is_required() and info.examples:
            kept[key] = info.examples[0]
    try:
        return model.model_validate(kept, context=dict(context))
    except ValidationError:
        return None


def note(error: ErrorDetails, model: type[BaseModel], path: Path, findings: Findings) -> None:
    """One of pydantic's errors as a mistake."""
    loc = tuple(step for step in error["loc"] if _is_in_the_file(step))
    whole = (*path, *loc)
    match error["type"]:
        case "extra_forbidden":
            findings.refuse_unknown(whole, keys_of(model, loc[:-1]))
        case "missing":
            findings.refuse_missing(whole)
        case kind if kind == NOT_TO_BE_REPEATED:
            findings.refuse_hidden(whole, error["msg"])
        case _:
            findings.refuse(whole, sentence_for(error), _suggestion(error, locate(findings.root, whole)))


MISSING: Mapping[str, str] = MappingProxyType({"until": "the key 'until' is missing: every window has an end"})


def _is_in_the_file(step: str | int) -> bool:
    """pydantic also puts names of its own validators into a location."""
    return isinstance(step, int) or bool(re.fullmatch(r"[^\[\]()]+", step))


def keys_of(model: type[BaseModel], loc: Path = ()) -> tuple[str, ...]:
    """The keys that ``model``, or the model found below it at ``loc``, understands."""
    for step in loc:
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        below = fields[step].annotation if isinstance(step, str) and step in fields else None
        for each in (below, *get_args(below)):  # what may be left out is "model or None"
            if isinstance(each, type) and issubclass(each, BaseModel):
                model = each
    return tuple(info.alias or name for name, info in model.model_fields.items())


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "string_type": lambda _: "must be text (put numbers, true and false in quotes)",
        "int_type": lambda _: "must be a whole number",
        "int_parsing": lambda _: "must be a whole number",
        "int_from_float": lambda _: "must be a whole number",
        "float_type": lambda _: "must be a number",
        "float_parsing": lambda _: "must be a number",
        "finite_number": lambda _: "must be a number",
        "bool_type": lambda _: "must be true or false",
        "bool_parsing": lambda _: "must be true or false",
        "greater_than_equal": lambda context: f"must be at least {context['ge']:g}",
        "greater_than": lambda context: f"must be more than {context['gt']:g}",
        "less_than_equal": lambda context: f"must be at most {context['le']:g}",
        "less_than": lambda context: f"must be less than {context['lt']:g}",
        "too_short": lambda context: f"must have at least {context['min_length']} entry",
        "too_long": lambda context: f"must have at most {context['max_length']} entries",
        "string_too_short": lambda context: f"must have at least {context['min_length']} characters",
        "string_too_long": lambda context: f"must have at most {context['max_length']} characters",
        "string_pattern_mismatch": lambda context: f"must be written like {context['pattern']}",
        "tuple_type": lambda _: "must be a list, such as [a, b]",
        "list_type": lambda _: "must be a list, such as [a, b]",
        "set_type": lambda _: "must be a list, such as [a, b]",
        "frozen_set_type": lambda _: "must be a list, such as [a, b]",
        "dict_type": lambda _: "must be a group of keys",
        "model_type": lambda _: "must be a group of keys",
        "enum": lambda context: f"must be {context['expected'].replace(chr(39), '')}",
        "literal_error": lambda context: f"must be {context['expected'].replace(chr(39), '')}",
        "value_error": lambda context: str(context["error"]),
    }
)


def sentence_for(error: ErrorDetails) -> str:
    """What is expected, in our own words; pydantic's where it has one we did not foresee."""
    write = _SENTENCES.get(error["type"])
    return write(error.get("ctx", {})) if write else error["msg"][:1].lower() + error["msg"][1:]


def _suggestion(error: ErrorDetails, node: Node) -> str | None:
    if not isinstance(node, Scalar):
        return None
    if error["type"] in ("enum", "literal_error"):
        return nearest(node.text, re.findall(r"'([^']+)'", error.get("ctx", {}).get("expected", "")))
    if "a duration is written like" in error["msg"]:
        return _as_duration(node.text)
    return None


_UNIT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds", "det", "detik", "dtk"), "s"),
        **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "mnt", "menit"), "m"),
        **dict.fromkeys(("h", "hour", "hours", "j", "jam"), "h"),
        **dict.fromkeys(("d", "day", "days", "hari"), "d"),
    }
)


def _as_duration(text: str) -> str | None:
    """``60`` and ``60 detik`` → ``60s``, ``5 menit`` → ``5m``; None when it cannot be guessed."""
    match = re.fullmatch(r"(\d{1,6})\s*([a-z]*)", text.strip().lower())
    unit = _UNIT_WORDS.get(match.group(2)) if match else None
    return f"{match.group(1)}{unit}" if match and unit else None
