"""YAML as it was typed: every scalar a string, every value with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem

NULLS = frozenset({"", "~", "null", "Null", "NULL"})

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
