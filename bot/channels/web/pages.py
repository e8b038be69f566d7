"""Pages for people, all of which work without a script but for the widget on the first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.channels.web.content import Content
from bot.channels.web.problems import Problem
from bot.channels.web.site import site_of
from bot.knowledge.regions import fill

FILES = Path(__file__).parent / "files"
GIVEN = "null /* what the service fills in */"  # stands in widget.js for its words and numbers
SHORT, LONG = "max-age=60", "max-age=300"  # seconds that a browser may use its copy
ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}

routes = APIRouter(include_in_schema=False)


@routes.get("/")
async def home(request: Request) -> Response:
    """The widget as a customer would see it, with the line to copy."""
    content = site_of(request).content
    say = content.voice.say
    snippet = f'<script src="{request.base_url}widget.js" async></script>'
    body = (
        f"<h1>{escape(say('page_home'))}</h1>"
        f"<p>{escape(say('greeting', topics=content.voice.topics()))}</p>"
        f'<p class="note">{escape(say("notice"))}</p>'
        f"<p>{escape(say('page_open'))}</p>"
        f"<h2>{escape(say('page_snippet'))}</h2>"
        f'<pre tabindex="0"><code>{escape(snippet)}</code></pre>'
        f"<p>{escape(say('page_snippet_more'))}</p>"
    )
    return page(request, say("page_home"), body, head=f'<script src="{_base(request)}/widget.js" async></script>')


@routes.get("/faq")
async def faq(request: Request) -> Response:
    """Every question by topic, with its short answer."""
    content = site_of(request).content
    base = _base(request)
    pieces = [f"<h1>{escape(content.voice.say('page_faq'))}</h1>", _notice(content)]
    for topic in content.topics["topics"]:
        pieces.append(f'<h2 id="{escape(topic["id"])}">{escape(topic["title"])}</h2><dl>')
        for one in topic["intents"]:
            short = content.kb.entries[one["intent"]].short
            pieces.append(
                f'<dt><a href="{base}/faq/{escape(one["intent"])}">{escape(one["title"])}</a></dt>'
                f"<dd>{escape(short)}</dd>"
            )
        pieces.append("</dl>")
    head = f'<link rel="alternate" type="application/ld+json" href="{base}/faq.jsonld">'
    return page(request, content.voice.say("page_faq"), "\n".join(pieces), head=head)


@routes.get("/faq.jsonld")
async def faq_page(request: Request) -> Response:
    """The base as a FAQPage of schema.org."""
    return copied(request, site_of(request).content.faq_page, "application/ld+json", SHORT)


@routes.get("/faq/{intent}")
async def entry(request: Request, intent: str) -> Response:
    """One question with its whole answer and its sources."""
    content = site_of(request).content
    found = content.entry(intent)
    if found is None:
        raise Problem(404, "There is no such question: GET /faq lists them.")
    return page(request, found["title"], _entry(content, found, _base(request)))


@routes.get("/widget.js")
async def widget(request: Request, region: str = "") -> Response:
    """The widget, with its words and the numbers of a region in it."""
    site = site_of(request)
    content = site.content
    given = content.widget(
        content.region(region) or content.bot.region,
        feedback=site.log is not None,
        handover=site.options.handovers is not None,
    )
    return copied(request, _file("widget.js").replace(GIVEN, given).encode(), "text/javascript", LONG, ANYWHERE)


@routes.get("/page.css")
async def style(request: Request) -> Response:
    """How the pages look."""
    return copied(request, _file("page.css").encode(), "text/css", LONG)


def page(request: Request, title: str, body: str, *, head: str = "") -> Response:
    """A page in the frame that all have; `body` and `head` are HTML."""
    content = site_of(request).content
    base = _base(request)
    links = {"/": "page_home", "/faq": "page_faq"}
    nav = "".join(f'<a href="{base}{path}">{escape(content.voice.say(key))}</a>' for path, key in links.items())
    safety = content.kb.safety
    line = fill(safety.voice["numbers_line"], safety.region(content.bot.region)) if safety else ""
    filled = Template(_file("page.html")).substitute(
        title=escape(title), base=base, nav=f"<nav>{nav}</nav>", body=body, head=head, foot=f"<p>{escape(line)}</p>"
    )
    return copied(request, filled.encode(), "text/html", SHORT)


def copied(
    request: Request, sent: bytes, media_type: str, keep: str, headers: dict[str, str] | None = None
) -> Response:
    """A response that a browser may keep for a while and ask after; 304 where its copy is as good."""
    tag = f'"{hashlib.sha256(sent).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, {keep}", **(headers or {})}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(sent, headers=headers, media_type=media_type)


def _entry(content: Content, found: dict[str, Any], base: str) -> str:
    say = content.voice.say
    sources = dict.fromkeys(f"{one['document']}: {one['section']}" for one in found["sources"])
    others = (f'<a href="{base}/faq/{escape(one["intent"])}">{escape(one["title"])}</a>' for one in found["follow_ups"])
    return "\n".join((
        f"<h1>{escape(found['title'])}</h1>",
        found["html"],
        _listed(say("sources_line"), map(escape, sources)),
        _listed(say("follow_ups_line"), others),
        _notice(content),
    ))  # fmt: skip


def _listed(title: str, items: Iterable[str]) -> str:
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<h2>{escape(title)}</h2><ul>{listed}</ul>" if listed else ""


def _notice(content: Content) -> str:
    return f'<p class="note">{escape(content.voice.say("notice"))}</p>'


def _base(request: Request) -> str:
    """The path below which a proxy shows the service; empty for none."""
    return escape(str(request.scope.get("root_path", "")).rstrip("/"))


@cache
def _file(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")
