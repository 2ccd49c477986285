"""One loader for all: a path becomes a frozen Config, or a ConfigError with every mistake. Nothing is half applied.

First pass: the skeleton, section by section, so that one mistake does not hide another. Second pass: each collector's own
settings. Then the registers, and last what must hold between sections. All of it happens in one round: a section with mistakes
takes part in what follows with its sound keys, and what follows judges nothing that rests on a mistake
(``as_far_as_sound``, ``Findings.is_sound``).
"""

from __future__ import annotations

import hashlib
import itertools
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from command_centre.config import checks
from command_centre.config.access import AccessSection
from command_centre.config.cells import NOT_READABLE, NOTHING_LISTED, Listed
from command_centre.config.holidays import read_special_days
from command_centre.config.hotspots import (
    NO_PARENTS,
    PARENTS_NOT_READABLE,
    Choices,
    ParentsListed,
    read_hotspots,
    read_parents,
)
from command_centre.config.integrity import IntegritySection
from command_centre.config.inventory import NO_KELURAHAN, KelurahanListed, read_kelurahan, read_sites
from command_centre.config.mistakes import ConfigError, Mistake, nearest, printable, quoted
from command_centre.config.model import (
    HOTSPOT_KINDS,
    MINUTE,
    SITES_KIND,
    City,
    Collector,
    CollectorFrame,
    Config,
    Demo,
    Inventory,
    Mode,
    Progress,
    Retention,
    Section,
    Storage,
    Uplink,
    Wall,
    Web,
    WindowEntry,
)
from command_centre.config.naming import Listing, Names, names_of
from command_centre.config.progress import CatalogueRead, read_catalogue
from command_centre.config.receivers import NotifyingSection, ReceiverFrame, on_call, read_receivers
from command_centre.config.register import LARGEST_BYTES as LARGEST_REGISTER_BYTES
from command_centre.config.rules import AlertsSection, RotaEntry, RuleEntry, assemble
from command_centre.config.services import SERVICES_KIND, read_services
from command_centre.config.snapshot import SnapshotSection
from command_centre.config.translate import Findings, ModelT, as_far_as_sound, keys_of, validated
from command_centre.config.translate import Path as Trail
from command_centre.config.windows import build_window
from command_centre.config.yaml_tree import LARGEST_BYTES, ListNode, MapNode, Mark, Node, Scalar, parse_sections, plain
from command_centre.domain.calendar import Window
from command_centre.domain.progress import Catalogue
from command_centre.domain.special_day import SpecialDay
from command_centre.domain.target import Target

SECTIONS: Mapping[str, type[Section]] = {
    "city": City,
    "web": Web,
    "storage": Storage,
    "retention": Retention,
    "uplink": Uplink,
    "inventory": Inventory,
    "progress": Progress,
    "access": AccessSection,
    "notifying": NotifyingSection,
    "alerts": AlertsSection,
    "integrity": IntegritySection,
    "snapshot": SnapshotSection,
    "demo": Demo,
}
LISTS: Mapping[str, type[Section]] = {
    "collectors": CollectorFrame,
    "receivers": ReceiverFrame,
    "rules": RuleEntry,
    "rota": RotaEntry,
    "windows": WindowEntry,
    "walls": Wall,
}
KEYS = ("mode", *SECTIONS, *LISTS)
"""Everything that may stand at the left margin of ``config.yaml``."""

SHIPPED_HOLIDAYS = Path(__file__).resolve().parents[2] / "data" / "reference" / "holidays.csv"
SHIPPED_KELURAHAN = Path(__file__).resolve().parents[2] / "data" / "reference" / "kelurahan.csv"
MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The first pass, with what is sound of each section; None where nothing is. The mistakes are in the findings."""

    mode: Mode | None
    city: City | None
    web: Web | None
    storage: Storage | None
    retention: Retention | None
    uplink: Uplink | None
    inventory: Inventory | None
    progress: Progress | None
    access: AccessSection | None
    demo: Demo | None
    windows: Mapping[int, WindowEntry]
    walls: Mapping[int, Wall]


@dataclass(frozen=True, slots=True)
class Registers:
    """The files that the inventory names; ``digest`` is over their bytes."""

    kelurahan: KelurahanListed
    parents: ParentsListed
    sites: Listed
    hotspots: Listed
    services: Listed
    special_days: tuple[SpecialDay, ...]
    special_day_mistakes: tuple[Mistake, ...]
    groups: tuple[str, ...] | None
    choices: Choices
    digest: bytes

    @property
    def targets(self) -> tuple[Target, ...]:
        return (*self.sites.targets, *self.hotspots.targets, *self.services.targets)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        registers = (self.kelurahan, self.parents, self.sites, self.hotspots, self.services)
        return (*(each for register in registers for each in register.mistakes), *self.special_day_mistakes)

    def listing(self) -> Listing:
        """What a window may name."""
        return Listing(self.sites, self.hotspots, self.parents, self.kelurahan, self.groups, self.choices, services=self.services)


JudgeStory: TypeAlias = Callable[[Path, Sequence[Target], bool], Sequence[Mistake]]
"""Every mistake in the story of the simulated city: its file, the targets, and whether the registers are without mistakes."""


def load(
    path: Path,
    kinds: Mapping[str, type[BaseModel]],
    screens: Mapping[str, bool] = checks.SCREENS,
    judge_story: JudgeStory | None = None,
    *,
    is_for_demo: bool = False,
) -> Config:
    """Read ``path`` and everything it names. ``kinds`` are the settings models of the collectors that exist;
    ``screens`` says of every wall page whether it needs the full tier. The demo's story is judged in demo mode, and with
    ``is_for_demo`` in every mode.

    Raises ConfigError with all mistakes at once, and nothing else.
    """
    path = Path(path)
    data = _read_file(path, str(path), LARGEST_BYTES)
    findings = _tree(data, str(path))
    context = {"folder": path.parent}
    skeleton = _skeleton(findings, context)
    frames, collectors = _collectors(findings, kinds, context)
    registers = _registers(findings, skeleton.inventory, path.parent, frames)
    names = names_of(registers.listing())
    windows = _windows(findings, skeleton, names)
    catalogue, catalogue_data = _catalogue(findings, skeleton.progress, path.parent, names)
    checks.check_collectors(findings, frames)
    checks.check_web(findings, skeleton.web)
    checks.check_sections(findings, skeleton.mode, skeleton.city, skeleton.retention, skeleton.uplink, skeleton.demo)
    checks.check_walls(findings, skeleton.walls, screens)
    checks.check_inventory(findings, skeleton.inventory, frames, kinds)
    checks.check_secrets(findings, skeleton.storage)
    tells = skeleton.mode is not Mode.LIVE or is_for_demo
    story = _story(findings, skeleton.demo, path.parent, registers, judge_story) if judge_story is not None and tells else ()
    receivers = read_receivers(_items("receivers", findings), findings, context)
    notifying = _section("notifying", NotifyingSection, findings, context)
    rules, orders = assemble(
        _section("alerts", AlertsSection, findings, context),
        _entries("rules", RuleEntry, findings, context),
        _entries("rota", RotaEntry, findings, context),
        [each.name for each in receivers],
        registers.parents.parents,
        (skeleton.city or City()).zone,
        findings,
        names,
        everybody=on_call(receivers),
    )
    snapshot = _section("snapshot", SnapshotSection, findings, context)
    integrity = _section("integrity", IntegritySection, findings, context) if _under(findings, "integrity") else None
    mistakes = _in_order(findings, (*registers.mistakes, *catalogue.mistakes, *story))
    if mistakes:
        raise ConfigError(mistakes)
    config = _config(path, data + catalogue_data, findings, skeleton, collectors, registers, windows)
    config = replace(config, catalogue=catalogue.catalogue, special_days=registers.special_days, access=skeleton.access)
    config = replace(config, receivers=receivers, notifying=notifying, integrity=integrity, rules=rules, orders=orders)
    config = replace(config, snapshot=snapshot)
    return config.as_demo() if config.mode is Mode.DEMO else config


# --- reading ---------------------------------------------------------------------------------------------------------


def _read_file(path: Path, shown: str, largest: int) -> bytes:
    """The bytes of an ordinary file. Raises ConfigError with one mistake."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError([Mistake(printable(shown), "is not a file")])
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise ConfigError([Mistake(printable(shown), "there is no such file", suggestion=_neighbour(path))]) from None
    except (OSError, ValueError) as trouble:
        reason = getattr(trouble, "strerror", None) or "the name is not a file name"
        raise ConfigError([Mistake(printable(shown), f"cannot be read: {reason}")]) from None
    if len(data) > largest:
        raise ConfigError([Mistake(printable(shown), f"is larger than {largest // 1000} kB")])
    return data


def _neighbour(path: Path) -> str | None:
    """A file beside the missing one with nearly its name."""
    try:
        return nearest(path.name, (each.name for each in itertools.islice(path.parent.iterdir(), MOST_ENTRIES)))
    except (OSError, ValueError):
        return None


def _tree(data: bytes, file: str) -> Findings:
    """The findings with the whole tree in them. Raises ConfigError when there is no tree to go on with."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        line = data.count(b"\n", 0, trouble.start) + 1
        raise ConfigError([Mistake(file, "is not UTF-8; save the file as UTF-8", line)]) from None
    tree = parse_sections(text)
    root = tree.root
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    findings = Findings(file, lines, root or MapNode((), Mark(1, 1)), unread=set(tree.unread))
    for fault in tree.faults:
        findings.refuse_at(fault.mark, fault.sentence)
    if root is None and not tree.faults:
        findings.refuse((), "is empty" if not text.strip() else "holds nothing but comments")
    elif root is not None and not isinstance(root, MapNode):
        findings.refuse((), "must begin with keys at the left margin, such as 'mode: demo'")
    if not isinstance(root, MapNode):
        raise ConfigError(_in_order(findings, ()))
    return findings


def _in_order(findings: Findings, others: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """By file and line, without repeating a value that looks like a secret in the open."""
    own = sorted(findings.mistakes, key=lambda each: (each.line or 0, each.column or 0))
    rest = sorted(others, key=lambda each: (each.file, each.line or 0))
    return tuple(_without(each, findings.hidden) for each in (*own, *rest))


def _without(mistake: Mistake, hidden: Iterable[str]) -> Mistake:
    for word in hidden:
        mistake = replace(
            mistake,
            sentence=mistake.sentence.replace(word, "***"),
            suggestion=None if word in (mistake.suggestion or "") else mistake.suggestion,
            excerpt=None if word in (mistake.excerpt or "") else mistake.excerpt,
        )
    return mistake


# --- first pass: the skeleton ----------------------------------------------------------------------------------------


def _skeleton(findings: Findings, context: Mapping[str, Any]) -> Skeleton:
    root = findings.root
    for entry in root.entries if isinstance(root, MapNode) else ():
        if entry.key not in KEYS:
            findings.refuse_unknown((entry.key,), KEYS)
    return Skeleton(
        mode=_mode(findings),
        city=_section("city", City, findings, context),
        web=_section("web", Web, findings, context),
        storage=_section("storage", Storage, findings, context),
        retention=_section("retention", Retention, findings, context),
        uplink=_section("uplink", Uplink, findings, context),
        inventory=_section("inventory", Inventory, findings, context),
        progress=_section("progress", Progress, findings, context),
        access=_section("access", AccessSection, findings, context),
        demo=_section("demo", Demo, findings, context),
        windows=_entries("windows", WindowEntry, findings, context),
        walls=_entries("walls", Wall, findings, context),
    )


def _mode(findings: Findings) -> Mode | None:
    node = _under(findings, "mode")
    known = tuple(each.value for each in Mode)
    if node is None and "mode" in findings.unread:
        return None
    if node is None:
        findings.refuse((), f"the key 'mode' is missing; write 'mode: {Mode.DEMO}' or 'mode: {Mode.LIVE}'")
    elif not isinstance(node, Scalar) or node.text not in known:
        word = nearest(node.text, known) if isinstance(node, Scalar) else None
        findings.refuse(("mode",), f"must be {' or '.join(known)}", word)
    else:
        return Mode(node.text)
    return None


def _under(findings: Findings, key: str) -> Node | None:
    """What stands under a key of the left margin; a key with nothing behind it is as good as none."""
    entry = findings.root.entry(key) if isinstance(findings.root, MapNode) else None
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None):
        return None
    return entry.value


def _section(key: str, model: type[ModelT], findings: Findings, context: Mapping[str, Any]) -> ModelT | None:
    node = _under(findings, key)
    return as_far_as_sound(model, {} if node is None else plain(node), (key,), findings, context)


def _entries(key: str, model: type[ModelT], findings: Findings, context: Mapping[str, Any]) -> Mapping[int, ModelT]:
    """The entries of a list, as far as they are sound, by their place in it."""
    good: dict[int, ModelT] = {}
    for index, item in enumerate(_items(key, findings)):
        entry = as_far_as_sound(model, plain(item), (key, index), findings, context)
        if entry is not None:
            good[index] = entry
    return good


def _items(key: str, findings: Findings) -> tuple[Node, ...]:
    node = _under(findings, key)
    if node is None:
        return ()
    if not isinstance(node, ListNode):
        findings.refuse((key,), "must be a list: each entry on its own line, beginning with '- '")
        return ()
    if len(node.items) > MOST_ENTRIES:
        findings.refuse((key,), f"has more than {MOST_ENTRIES} entries")
    return node.items[:MOST_ENTRIES]


# --- second pass: each kind's own settings ---------------------------------------------------------------------------


def _collectors(
    findings: Findings, kinds: Mapping[str, type[BaseModel]], context: Mapping[str, Any]
) -> tuple[Mapping[int, CollectorFrame], tuple[Collector, ...]]:
    """What all have in common, as far as it is sound, by place; and those that are good as a whole."""
    frames: dict[int, CollectorFrame] = {}
    good: list[Collector] = []
    for index, item in enumerate(_items("collectors", findings)):
        frame, settings = _collector(index, item, findings, kinds, context)
        if frame is not None:
            frames[index] = frame
        if frame is not None and settings is not None:
            good.append(Collector(frame.kind, frame.every, frame.timeout, frame.at_once, frame.retry_after, settings))
    return frames, tuple(good)


def _collector(
    index: int, item: Node, findings: Findings, kinds: Mapping[str, type[BaseModel]], context: Mapping[str, Any]
) -> tuple[CollectorFrame | None, BaseModel | None]:
    path: Trail = ("collectors", index)
    written = plain(item)
    if not isinstance(written, dict):
        findings.refuse(path, "must be a group of keys, beginning with 'kind'")
        return None, None
    core = keys_of(CollectorFrame)
    common = {key: value for key, value in written.items() if key in core}
    frame = as_far_as_sound(CollectorFrame, common, path, findings, context)
    own = {key: value for key, value in written.items() if key not in core}
    kind = written.get("kind")
    model = kinds.get(kind) if isinstance(kind, str) else None
    if model is None:
        _refuse_kind(path, kind, own, findings, kinds)
        return frame, None
    strangers = [key for key in own if key not in keys_of(model)]
    for key in strangers:
        findings.refuse_unknown((*path, key), (*core, *keys_of(model)))
    return frame, validated(model, {key: value for key, value in own.items() if key not in strangers}, path, findings, context)


def _refuse_kind(path: Trail, kind: object, own: Iterable[str], findings: Findings, kinds: Mapping[str, type[BaseModel]]) -> None:
    """An unknown kind; of its keys only those are judged that look like a slip in a key every collector has."""
    if isinstance(kind, str):
        known = ", ".join(sorted(kinds)) or "none"
        findings.refuse((*path, "kind"), f"{quoted(kind)} is not a kind of collector (there are: {known})", nearest(kind, kinds))
    for key in own:
        if nearest(key, keys_of(CollectorFrame)):
            findings.refuse_unknown((*path, key), keys_of(CollectorFrame))


# --- the registers ---------------------------------------------------------------------------------------------------


def _registers(findings: Findings, inventory: Inventory | None, folder: Path, frames: Mapping[int, CollectorFrame]) -> Registers:
    """What the registers say, each on its own: what one cannot say is not held against the others."""
    listed_in = inventory or Inventory()
    groups, providers, classes = (
        getattr(listed_in, key) if findings.is_sound("inventory", key) else None for key in ("groups", "providers", "classes")
    )
    choices = Choices(providers, classes)
    kelurahan, kelurahan_data = _kelurahan(findings, listed_in.kelurahan, folder)
    parents, parents_data = _parents(findings, listed_in.parents, folder)
    places = kelurahan.places()

    def sites_in(data: bytes, file: str) -> Listed:
        return read_sites(data, file, places, groups, _pace(frames, (SITES_KIND,)), parents.keys)

    def hotspots_in(data: bytes, file: str) -> Listed:
        return read_hotspots(data, file, places, choices, _pace(frames, HOTSPOT_KINDS), parents.keys)

    def services_in(data: bytes, file: str) -> Listed:
        return read_services(data, file, _pace(frames, (SERVICES_KIND,)), parents.keys)

    sites, sites_data = _listed(findings, "sites", listed_in.sites, folder, sites_in)
    hotspots, hotspots_data = _listed(findings, "hotspots", listed_in.hotspots, folder, hotspots_in)
    services, services_data = _listed(findings, "services", listed_in.services, folder, services_in)
    special, special_mistakes, special_data = _special_days(findings, listed_in.holidays, folder)
    digest = kelurahan_data + sites_data + parents_data + hotspots_data + services_data + special_data
    return Registers(kelurahan, parents, sites, hotspots, services, special, special_mistakes, groups, choices, digest)


def _kelurahan(findings: Findings, name: str | None, folder: Path) -> tuple[KelurahanListed, bytes]:
    """The register of kelurahan and its bytes: the city's own, or the shipped one."""
    if not findings.is_sound("inventory", "kelurahan"):
        return NO_KELURAHAN, b""
    path = SHIPPED_KELURAHAN if name is None else folder / name
    data = _register_bytes(findings, ("inventory", "kelurahan"), path)
    if data is None:
        return NO_KELURAHAN, b""
    return read_kelurahan(data, f"data/reference/{path.name}" if name is None else str(path)), data


def _special_days(
    findings: Findings, name: str | None, folder: Path
) -> tuple[tuple[SpecialDay, ...], tuple[Mistake, ...], bytes]:
    """What the city decides about its calendar: its own file, or the shipped one."""
    if not findings.is_sound("inventory", "holidays"):
        return (), (), b""
    path = SHIPPED_HOLIDAYS if name is None else folder / name
    data = _register_bytes(findings, ("inventory", "holidays"), path)
    if data is None:
        return (), (), b""
    return *read_special_days(data, f"data/reference/{path.name}" if name is None else str(path)), data


def _parents(findings: Findings, name: str | None, folder: Path) -> tuple[ParentsListed, bytes]:
    """The register of parents and its bytes."""
    if name is None:
        return (NO_PARENTS if findings.is_sound("inventory", "parents") else PARENTS_NOT_READABLE), b""
    data = _register_bytes(findings, ("inventory", "parents"), folder / name)
    return (PARENTS_NOT_READABLE, b"") if data is None else (read_parents(data, str(folder / name)), data)


def _listed(
    findings: Findings, key: str, name: str | None, folder: Path, read: Callable[[bytes, str], Listed]
) -> tuple[Listed, bytes]:
    """One register of targets and its bytes."""
    if name is None:
        return (NOTHING_LISTED if findings.is_sound("inventory", key) else NOT_READABLE), b""
    data = _register_bytes(findings, ("inventory", key), folder / name)
    return (NOT_READABLE, b"") if data is None else (read(data, str(folder / name)), data)


def _pace(frames: Mapping[int, CollectorFrame], kinds: Collection[str]) -> timedelta:
    """How often the targets of these kinds of collectors are looked at, by the one that does so most often."""
    return min((each.every for each in frames.values() if each.kind in kinds), default=MINUTE)


def _register_bytes(findings: Findings, path: Trail, file: Path) -> bytes | None:
    try:
        return _read_file(file, str(file), LARGEST_REGISTER_BYTES)
    except ConfigError as trouble:
        only = trouble.mistakes[0]
        findings.refuse(path, only.sentence, only.suggestion)
        return None


# --- what needs more than one section --------------------------------------------------------------------------------


def _catalogue(findings: Findings, progress: Progress | None, folder: Path, names: Names) -> tuple[CatalogueRead, bytes]:
    """The catalogue of indicators and its bytes; an empty one where none is named."""
    nothing = CatalogueRead(Catalogue(), ()), b""
    if progress is None or progress.catalogue is None:
        return nothing
    data = _register_bytes(findings, ("progress", "catalogue"), folder / progress.catalogue)
    return nothing if data is None else (read_catalogue(data, str(folder / progress.catalogue), names, progress.period), data)


def _windows(findings: Findings, skeleton: Skeleton, names: Names) -> tuple[Window, ...]:
    built = [build_window(entry, ("windows", index), findings, skeleton.city, names) for index, entry in skeleton.windows.items()]
    return tuple(each for each in built if each is not None)


def _story(findings: Findings, demo: Demo | None, folder: Path, registers: Registers, judge: JudgeStory) -> Sequence[Mistake]:
    """What is wrong with the story of the simulated city. One that is named must exist; without one nothing breaks there."""
    if demo is None or not findings.is_sound("demo", "script"):
        return ()
    stories = folder / "data" / "reference"
    known = {each.stem.removeprefix("demo_"): each for each in itertools.islice(stories.glob("demo_*.yaml"), MOST_ENTRIES)}
    if demo.script in known:
        return judge(known[demo.script], registers.targets, registers.listing().is_whole)
    missing = f"there is no story {quoted(demo.script)} (data/reference/demo_{printable(demo.script)}.yaml)"
    if "script" in demo.model_fields_set:
        findings.refuse(("demo", "script"), missing, nearest(demo.script, known))
    else:
        findings.warn(("demo",), f"{missing}; nothing breaks in the simulated city")
    return ()


def _config(
    path: Path,
    data: bytes,
    findings: Findings,
    skeleton: Skeleton,
    collectors: tuple[Collector, ...],
    registers: Registers,
    windows: tuple[Window, ...],
) -> Config:
    """All parts together; they are all there, or a mistake would have been raised before."""
    assert skeleton.mode is not None
    assert skeleton.city is not None
    assert skeleton.web is not None
    assert skeleton.storage is not None
    assert skeleton.retention is not None
    assert skeleton.uplink is not None
    assert skeleton.inventory is not None
    assert skeleton.demo is not None
    return Config(
        city=skeleton.city,
        mode=skeleton.mode,
        web=skeleton.web,
        storage=skeleton.storage,
        retention=skeleton.retention,
        collectors=collectors,
        uplink=skeleton.uplink,
        inventory=skeleton.inventory,
        windows=windows,
        walls=tuple(skeleton.walls.values()),
        demo=skeleton.demo,
        targets=registers.targets,
        kelurahan=registers.kelurahan.kelurahan,
        config_hash=hashlib.sha256(data + b"\x00" + registers.digest).hexdigest(),
        source_path=path,
        warnings=tuple(findings.warnings),
        parents=registers.parents.parents,
    )
