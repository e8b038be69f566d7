"""From the bytes of a YAML file to a tree of nodes, or to its problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from bot.errors import Problem
from bot.knowledge.source import Node, Report

LARGEST_FILE = 8 * 1024 * 1024  # bytes; about a hundred thousand phrasings, more belongs into several files
DEEPEST = 12  # levels; the formats need five, and libyaml's own tree builder overruns the C stack on thousands
TOO_DEEP = f"is nested more than {DEEPEST} levels deep: no format here needs that"


class _Unusable(Exception):
    """The file breaks a rule that leaves no tree to read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(path: Path, report: Report) -> Node | None:
    """The mapping in a YAML file, or None after every problem was reported."""
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
    if "nesting depth" in reason:  # libyaml from 0.2.6 on may give up before its events come to DEEPEST
        message = TOO_DEEP
    if isinstance(error, yaml.reader.ReaderError):
        return text.encode().count(b"\n", 0, error.position) + 1, message
    return (mark.line + 1 if mark else 0), message


def _tree(text: str, report: Callable[[int, str], None]) -> Node | None:
    """Build the tree of one document from parser events, with an explicit stack."""
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
                raise _Unusable(node.line, TOO_DEEP)
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
