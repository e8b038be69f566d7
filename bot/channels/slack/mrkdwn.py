"""Markdown as Slack's own markup (mrkdwn), in pieces that may stand in messages of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from unicodedata import combining

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.text import SKIN_TONES

LONGEST = 2800  # of a piece, as JSON in UTF-16 units; Slack's sections hold 3,000 characters
WIDEST_CODE = 64  # characters of a table that is laid out in a fixed width; wider ones are left to Slack
LEAST_CELL = 20  # characters of a cell, however many there are
SCHEMES = ("https://", "http://", "mailto:")
MARKS = {"strong": "*", "em": "_", "s": "~", "code_inline": "`"}
BULLETS = ("•", "◦", "▪")
INDENT = "    "
FENCE = "```"
JOINERS = "\u200d\ufe0e\ufe0f"  # hold a sign together with the one before them
KEPT = 1024  # texts whose pieces are kept


class Piece(NamedTuple):
    """A paragraph, an item of a list, a table or a rule."""

    shown: str  # mrkdwn; Markdown for a table
    read: str  # the same for notifications and screen readers, escaped
    kind: str = "prose"  # or table, rule
    close: bool = False  # follows the piece before it without an empty line


class Run(NamedTuple):
    """Words in one style; `href` makes them a link."""

    text: str
    styles: frozenset[str] = frozenset()
    href: str = ""


def escaped(text: str) -> str:
    """A text in which nothing is markup that mentions or links: Slack wants `&`, `<` and `>` replaced, no more."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(text: str) -> int:
    """The length of a text as JSON, in UTF-16 units: never less than what Slack counts."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) // 2 - 2


def shortened(text: str, most: int) -> str:
    """The text, or its beginning up to a word with an ellipsis; at most so many UTF-16 units as JSON."""
    if size(text) <= most:
        return text
    kept = next(_cut(text, most - 1))
    words, space, _ = kept.rpartition(" ")
    return (words if space and len(words) > len(kept) // 2 else kept).rstrip() + "…"


@lru_cache(KEPT)
def pieces(markdown: str) -> tuple[Piece, ...]:
    """Markdown as pieces, none of them longer than LONGEST."""
    return tuple(_blocks(SyntaxTreeNode(MARKDOWN.parse(markdown)).children, ""))


def _blocks(nodes: Sequence[SyntaxTreeNode], quote: str) -> Iterator[Piece]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield from _prose(list(_runs(node)), quote, quote)
            case "heading":
                strong = [run._replace(styles=run.styles | {"strong"}) for run in _runs(node)]
                yield from _prose(strong, quote, quote)
            case "bullet_list" | "ordered_list":
                yield from _items(node, quote, 0)
            case "blockquote":
                yield from _blocks(node.children, ">")
            case "fence" | "code_block":
                yield from _code(node.content)
            case "table":
                yield from _table(node)
            case "hr":
                yield Piece("", "", "rule")
            case _:
                yield from _blocks(node.children, quote)


def _items(node: SyntaxTreeNode, quote: str, depth: int) -> Iterator[Piece]:
    """The items of a list, each close to the one before it."""
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    for number, item in enumerate(node.children):
        bullet = f"{start + number}." if node.type == "ordered_list" else BULLETS[min(depth, len(BULLETS) - 1)]
        first = f"{quote}{INDENT * depth}{bullet} "
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                yield from (piece._replace(close=True) for piece in _items(child, quote, depth + 1))
            elif child.type == "paragraph":
                later = f"{quote}{INDENT * (depth + 1)}"
                found = _prose(list(_runs(child)), first, later)
                yield from (piece._replace(close=bool(number or depth or first == later)) for piece in found)
                first = later
            else:
                yield from _blocks([child], quote)


def _runs(node: SyntaxTreeNode, styles: frozenset[str] = frozenset(), href: str = "") -> Iterator[Run]:
    """The words of a paragraph, each stretch with its style."""
    for child in node.children:
        if child.type in ("softbreak", "hardbreak"):
            yield Run(" " if child.type == "softbreak" else "\n", styles)
        elif child.type == "code_inline":
            yield Run(child.content, styles | {"code_inline"}, href)
        elif child.type == "text":
            yield Run(child.content, styles, href)
        elif child.type == "link":
            target = str(child.attrs.get("href", ""))
            yield from _runs(child, styles, target if target.lower().startswith(SCHEMES) else "")
        else:
            yield from _runs(child, styles | ({child.type} & MARKS.keys()), href)


def _prose(runs: Sequence[Run], first: str, later: str) -> Iterator[Piece]:
    """A paragraph: `first` begins it, `later` every other line and what had to be parted from it."""
    for number, part in enumerate(_parted(runs, len(later))):
        begin = later if number else first
        shown = begin + _marked(part).strip().replace("\n", f"\n{later}")
        read = escaped(begin.replace(">", "") + _plain(part).strip().replace("\n", f"\n{later.replace('>', '')}"))
        if shown.strip("> \n") or read.strip():
            yield Piece(shown, read, close=number > 0)


def _parted(runs: Sequence[Run], indent: int) -> Iterator[list[Run]]:
    """Runs in stretches that fit a piece, parted between words; a link stays whole. `indent`: signs before a line."""
    part: list[Run] = []
    room = LONGEST
    for run in _words(runs):
        length = size(escaped(run.text)) + 2 * len(run.styles) + run.text.count("\n") * indent
        length += size(escaped(run.href)) + 3 if run.href else 0
        if part and length > room:
            yield part
            part, room = [], LONGEST
        part.append(run)
        room -= length
    if part:
        yield part


def _words(runs: Iterable[Run]) -> Iterator[Run]:
    for run in runs:
        if run.href and size(escaped(run.text)) + size(escaped(run.href)) < LONGEST // 2:
            yield run
            continue
        href = run.href if size(escaped(run.href)) < LONGEST // 2 else ""
        for word in re.findall(r"\s+|\S+", run.text):
            yield from (run._replace(text=text, href=href) for text in _cut(word, LONGEST // 4))


def _cut(text: str, most: int) -> Iterator[str]:
    """A text in parts of at most so many units; a sign stays with what combines with it, as far as that fits."""
    start, whole, length = 0, 0, 0  # where the part and the last sign that stands by itself begin; units so far
    since = 0  # units since `whole`
    for at, sign in enumerate(text):
        unit = size(escaped(sign))
        if not (at and (combining(sign) or sign in JOINERS or sign in SKIN_TONES or text[at - 1] == JOINERS[0])):
            whole, since = at, 0
        if length + unit > most and at > start:
            end = whole if whole > start else at
            yield text[start:end]
            length = since if end == whole else 0
            start = end
        length += unit
        since += unit
    yield text[start:]


def _marked(runs: Sequence[Run]) -> str:
    """Runs as mrkdwn."""
    merged = [
        Run("".join(run.text for run in group), *style)
        for style, group in groupby(runs, key=lambda run: (run.styles, run.href))
    ]
    said = ""
    for number, run in enumerate(merged):
        after = merged[number + 1].text[:1] if number + 1 < len(merged) else ""
        said += _styled(run, said[-1:], after)
    return said


def _styled(run: Run, before: str, after: str) -> str:
    """A run with its marks, which count only between words, and not with a space inside."""
    inner = run.text.strip()
    if not inner:
        return run.text
    lead, _, trail = run.text.partition(inner)
    shown = _linked(inner, run.href) if run.href else escaped(inner)
    within = not (lead or not before or not before.isalnum()) or not (trail or not after or not after.isalnum())
    marks = [] if within else [mark for style, mark in MARKS.items() if style in run.styles and mark not in inner]
    for mark in reversed(marks):  # code inside, bold outside
        shown = f"{mark}{shown}{mark}" if "\n" not in inner else shown
    return lead + shown + trail


def _linked(label: str, href: str) -> str:
    target = escaped(href.replace("|", "%7C").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E"))
    if label == href:
        return f"<{target}>"
    return f"<{target}|{escaped(label.replace('|', '/').replace(chr(10), ' '))}>"


def _plain(runs: Sequence[Run]) -> str:
    """Runs without marks; a link with its address behind it."""
    said = ""
    for (_, href), group in groupby(runs, key=lambda run: (run.styles, run.href)):
        text = "".join(run.text for run in group)
        said += f"{text} ({href})" if href and href.removeprefix("mailto:") != text else text
    return said


def _code(content: str) -> Iterator[Piece]:
    """Text in a fixed width, parted between lines."""
    lines = [part for line in content.rstrip("\n").split("\n") for part in _cut(line, LONGEST // 2)]
    kept: list[str] = []
    for line in [*lines, None]:
        if kept and (line is None or size(escaped("\n".join([*kept, line]))) > LONGEST - 2 * len(FENCE)):
            text = escaped("\n".join(kept).replace(FENCE, "'''"))
            yield Piece(f"{FENCE}\n{text}\n{FENCE}", text)
            kept = []
        kept.append(line or "")


def _table(node: SyntaxTreeNode) -> Iterator[Piece]:
    """A table: in a fixed width where it is narrow, else row by row as Slack's own Markdown."""
    rows = [
        [_plain(list(_runs(cell))).replace("\n", " ") for cell in row.children]
        for part in node.children for row in part.children
    ]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= WIDEST_CODE:
        yield from _code("\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows))
        return
    most = max(LONGEST // (2 * len(widths) + 2), LEAST_CELL)
    head, *body = ([shortened(cell.replace("|", "/"), most) for cell in row] for row in rows)
    kept: list[list[str]] = []
    for row in [*body, None]:
        if kept and (row is None or max(map(size, _as_table(head, [*kept, row]))) > LONGEST):
            yield Piece(*_as_table(head, kept), "table")
            kept = []
        kept.append(row or [])


def _as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """A table as Slack's own Markdown, and as it is read: row by row."""
    lines = [head, ["---"] * len(head), *rows]
    read = ("; ".join(f"{name}: {cell}" for name, cell in zip(head, row, strict=True)) for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines), escaped("\n".join(read))


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    return made.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])


MARKDOWN = _parser()
