"""Markdown as HTML of a few elements, which no text of an owner or of a visitor can widen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

ELEMENTS = frozenset("a blockquote br code em hr li ol p pre strong table tbody td th thead tr ul".split())
ATTRIBUTES = frozenset({"href", "rel", "start", "title"})
SCHEMES = ("https://", "http://", "mailto:", "tel:", "sms:")
KEPT = 2048  # texts whose HTML is kept: those of a base, and its lines with a name in them


@lru_cache(KEPT)
def html(*markdown: str) -> str:
    """Texts, one below the other, as HTML: of ELEMENTS alone, with links of SCHEMES alone, and without pictures."""
    return str(MARKDOWN.render("\n\n".join(filter(None, markdown))))


class _Renderer(RendererHTML):
    """Headings become bold paragraphs: a reply is part of a page that has headings of its own."""

    def renderToken(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        token = tokens[at]
        token.attrs = {name: value for name, value in token.attrs.items() if name in ATTRIBUTES}
        return super().renderToken(tokens, at, options, env)

    def heading_open(self, tokens: Sequence[Token], at: int, options: Mapping[str, Any], env: Any) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], at: int, options: Mapping[str, Any], env: Any) -> str:
        return "</strong></p>\n"

    def link_open(self, tokens: Sequence[Token], at: int, options: Mapping[str, Any], env: Any) -> str:
        tokens[at].attrs["rel"] = "noopener noreferrer"
        return self.renderToken(tokens, at, options, env)

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        return self.code_block(tokens, at, options, env)


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    made.enable("table").disable(["image", "html_block", "html_inline"])
    made.validateLink = lambda url: url.strip().lower().startswith(SCHEMES)  # type: ignore[method-assign]
    return made


MARKDOWN = _markdown()
