"""YAML as it was typed: every scalar a string, every value with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import Problem

LARGEST_FILE = 8 * 1024 * 1024  # bytes; about a hundred thousand phrasings, more belongs into several files
DEEPEST = 12  # levels; the formats need five, and libyaml's own tree builder overruns the C stack on thousands
NULLS = frozenset({"", "~", "null", "Null", "NULL"})

if TYPE_CHECKING:
    import yaml

Report = Callable[[Problem], None]


@dataclass(slots=True)
class Node:
    """A value with the line it stands on; for a value of a mapping, the line of its key."""

    line: int
    value: str | list[Node] | dict[str, Node]
    plain: bool = False  # a scalar without quotes, which alone may mean "nothing"

    @property
    def is_null(self) -> bool:
        """Whether nothing was written."""
        return self.plain and isinstance(self.value, str) and self.value in NULLS


class _Unusable(Exception):
    """The file breaks a rule that leaves no tree to read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(path: Path, report: Report) -> Node | None:
    """The mapping in a YAML file, or None after every problem was reported."""
    import yaml  # here, since a bot that is kept ready needs none of it

    text = read_text(path, report)
    if text is None:
        return None
    try:
        root = _tree(text, lambda line, message: report(Problem(path, line, message)))
    except yaml.YAMLError as error:
        report(Problem(path, *_located(error, text)))
        return None
    except _Unusable as error:
        report(Problem(path, error.line, str(error)))
        return None
    if root is None or root.is_null:
        report(Problem(path, 0, "the file is empty: write its header and its mapping, or delete it"))
        return None
    if not isinstance(root.value, dict):
        report(Problem(path, root.line, "the file must hold a mapping (key: value), not a list or a single value"))
        return None
    return root


def read_text(path: Path, report: Report) -> str | None:
    """The text of a UTF-8 file of usable size, or None after the problem was reported."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 1024 // 1024
            report(
                Problem(path, 0, f"the file has {size // 1024 // 1024} MB, the limit is {limit} MB: split it by topic")
            )
            return None
        raw = path.read_bytes()
    except OSError as error:
        report(Problem(path, 0, f"cannot be read ({error.strerror}): check the name and its permissions"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report(Problem(path, line, "is not UTF-8 text: save the file with the encoding UTF-8"))
        return None


def _located(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """The line of an error and what is wrong there; a character that YAML forbids has a place in bytes only."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    message = f"is not valid YAML: {reason}; check indentation, colons and quotes here"
    if isinstance(error, yaml.reader.ReaderError):
        return text.encode().count(b"\n", 0, error.position) + 1, message
    return (mark.line + 1 if mark else 0), message


def _tree(text: str, report: Callable[[int, str], None]) -> Node | None:
    """Build the tree of one document from parser events, with an explicit stack."""
    import yaml

    root: Node | None = None
    stack: list[Node] = []
    keys: list[tuple[str, int] | None] = []  # the key that waits for its value, one for each open container
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        match event:
            case yaml.ScalarEvent():
                node = Node(_line(event), event.value, not event.style)
            case yaml.MappingStartEvent():
                node = Node(_line(event), {})
            case yaml.SequenceStartEvent():
                node = Node(_line(event), [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                stack.pop()
                keys.pop()
                continue
            case yaml.AliasEvent():
                raise _Unusable(_line(event), "YAML aliases (*name) are not read: write the value out")
            case yaml.DocumentStartEvent() if root is not None:
                raise _Unusable(_line(event), "holds a second document after ---: one file, one mapping")
            case _:
                continue
        if not stack:
            root = node
        else:
            _place(node, stack[-1], keys, report)
        if not isinstance(node.value, str):
            if len(stack) == DEEPEST:
                raise _Unusable(node.line, f"is nested more than {DEEPEST} levels deep: no format here needs that")
            stack.append(node)
            keys.append(None)
    return root


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _place(node: Node, parent: Node, keys: list[tuple[str, int] | None], report: Callable[[int, str], None]) -> None:
    """Hang a node into its parent: an item of a list, a key of a mapping, or the value of the key before."""
    if isinstance(parent.value, list):
        parent.value.append(node)
        return
    assert isinstance(parent.value, dict)  # noqa: S101 - only containers are on the stack
    key = keys[-1]
    if key is None:
        if not isinstance(node.value, str):
            raise _Unusable(node.line, "a key must be a plain word, not a list or a mapping")
        keys[-1] = (node.value, node.line)
        return
    name, line = key
    keys[-1] = None
    if name in parent.value:
        report(line, f"{name!r} stands here a second time (first on line {parent.value[name].line}): keep one")
        return
    node.line = line
    parent.value[name] = node


class Fields:
    """The fields of one mapping, read one by one; what is wrong is reported, and what is left over at the end."""

    def __init__(self, path: Path, node: Node, report: Report) -> None:
        """`node` has to be a mapping; anything else is reported and taken for an empty one."""
        self.path, self.line = path, node.line
        self._report = report
        self._seen: set[str] = set()
        self._nodes: dict[str, Node] = {}
        if isinstance(node.value, dict):
            self._nodes = node.value
        else:
            self.problem("a mapping (key: value) belongs here", node.line)

    def problem(self, message: str, line: int | None = None) -> None:
        """Report what is wrong on a line, or on the line of the mapping."""
        self._report(Problem(self.path, self.line if line is None else line, message))

    def line_of(self, key: str) -> int:
        """The line of a key, or the line of the mapping where the key is missing."""
        return self._nodes[key].line if key in self._nodes else self.line

    def node(self, key: str) -> Node | None:
        """The node of a key; None where it is missing or holds nothing."""
        self._seen.add(key)
        node = self._nodes.get(key)
        return None if node is None or node.is_null else node

    def text(self, key: str, *, required: bool = False) -> str:
        """A scalar as typed, white space around it gone; empty after a problem was reported."""
        node = self.node(key)
        if node is None:
            if required:
                self.problem(f"{key!r} is missing or empty: write it", self.line_of(key))
            return ""
        return self.scalar(node, repr(key))

    def scalar(self, node: Node, name: str) -> str:
        """The text of a node that has to be a scalar; empty after a problem was reported."""
        if isinstance(node.value, str):
            if not node.value.strip():
                self.problem(f"{name} is empty: write it or leave it out", node.line)
            return node.value.strip()
        self.problem(f"{name} must be one text, not a list or a mapping", node.line)
        return ""

    def texts(self, key: str, *, required: bool = False) -> list[tuple[str, int]]:
        """A list of scalars, each with its line; empty after a problem was reported."""
        node = self.node(key)
        if node is None:
            if required:
                self.problem(f"{key!r} is missing or empty: list at least one", self.line_of(key))
            return []
        return self.items(node, repr(key))

    def items(self, node: Node, name: str) -> list[tuple[str, int]]:
        """The texts of a node that has to be a list of scalars, each with its line."""
        if not isinstance(node.value, list):
            self.problem(f"{name} must be a list (lines with a dash, or [a, b])", node.line)
            return []
        pairs = [(self.scalar(item, f"an item of {name}"), item.line) for item in node.value]
        return [(text, line) for text, line in pairs if text]

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false` as typed, or the default."""
        node = self.node(key)
        if node is None:
            return default
        if node.value in ("true", "false"):
            return node.value == "true"
        self.problem(f"{key!r} must be true or false", node.line)
        return default

    def choice(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        """One of the allowed words, or the default after a problem was reported."""
        word = self.text(key)
        if word and word not in allowed:
            self.problem(f"{key!r} must be one of: {', '.join(allowed)}; not {word!r}", self.line_of(key))
            return default
        return word or default

    def choices(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """A list of allowed words; others are reported and left out."""
        found = []
        for word, line in self.texts(key):
            if word in allowed:
                found.append(word)
            else:
                self.problem(f"{key!r} knows {', '.join(allowed)}; not {word!r}", line)
        return tuple(found)

    def child(self, key: str) -> Fields | None:
        """The mapping below a key, with its own fields; None where it is missing or holds nothing."""
        node = self.node(key)
        return None if node is None else Fields(self.path, node, self._report)

    def mappings(self, key: str, *, required: bool = False) -> Iterator[tuple[str, Fields]]:
        """The named mappings below a key, each with its own fields, in the order of the file."""
        node = self.node(key)
        if node is None:
            if required:
                self.problem(f"{key!r} is missing or empty: write at least one", self.line_of(key))
            return
        if not isinstance(node.value, dict):
            self.problem(f"{key!r} must be a mapping of names", node.line)
            return
        for name, child in node.value.items():
            yield name, Fields(self.path, child, self._report)

    def records(self, key: str) -> Iterator[Fields]:
        """The mappings of a list below a key, in the order of the file."""
        node = self.node(key)
        if node is None:
            return
        if not isinstance(node.value, list):
            self.problem(f"{key!r} must be a list of mappings", node.line)
            return
        for child in node.value:
            yield Fields(self.path, child, self._report)

    def names(self) -> tuple[str, ...]:
        """Every key of the mapping, in the order of the file."""
        return tuple(self._nodes)

    def finish(self) -> None:
        """Report every key that nobody asked for."""
        for key in self._nodes.keys() - self._seen:
            known = ", ".join(sorted(self._seen))
            self.problem(f"{key!r} is not a key that is known here: use {known}", self._nodes[key].line)
