"""The OpenAPI document, and the page that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from pydantic.json_schema import models_json_schema

from bot.channels.web import problems
from bot.channels.web.content import Content
from bot.channels.web.pages import page
from bot.channels.web.shapes import ANSWERED, ASKED
from bot.knowledge.values import NONE_OF_THESE

REF = "#/components/schemas/{model}"
ABOUT = "Questions, and the answers that their owners wrote. Problems are RFC 9457 and say what to do."
KEY = {"key": {"type": "http", "scheme": "bearer", "description": "A key made by `faqbot key`."}}

Said = dict[str, Any]


def document(app: FastAPI, content: Content, version: str) -> Said:
    """The document of an app, with the regions and the intents that its content has."""
    found = get_openapi(title="faqbot", version=version, description=ABOUT, routes=app.routes)
    for operation in (one for operations in found["paths"].values() for one in operations.values()):
        operation["responses"].get("422", {}).get("content", {}).pop("application/json", None)  # the framework's own
    modes = [(shape, "validation") for shape in ASKED] + [(shape, "serialization") for shape in ANSWERED]
    schemas = models_json_schema(modes, ref_template=REF)[1]["$defs"]  # type: ignore[arg-type]
    regions = sorted(content.kb.safety.regions) if content.kb.safety else []
    schemas["Ask"]["properties"]["region"]["enum"] = ["", *regions]
    schemas["Ask"]["properties"]["intent"]["enum"] = [*content.kb.intents, NONE_OF_THESE]
    found["components"] = {"schemas": schemas, "securitySchemes": KEY}
    return found


def described(
    answer: str,
    *,
    body: str = "",
    refusals: Iterable[int] = (),
    media_type: str = "application/json",
    key: bool = False,
    status: int = 200,
) -> Said:
    """What the document says of an endpoint: the names of its shapes, and the problems that it may have."""
    responses: Said = {
        str(status): {
            "description": problems.WHAT_TO_DO[status],
            "content": {problems.MEDIA_TYPE: {"schema": _ref("Problem")}},
        }
        for status in sorted({*refusals, 500})
    }
    schema = _ref(answer) if answer else {"type": "string"}
    responses[str(status)] = {"description": "As it should be.", "content": {media_type: {"schema": schema}}}
    said: Said = {"responses": responses}
    if body:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if key:
        said["security"] = [{"key": []}]
    return said


async def docs(request: Request) -> Response:
    """The document as a page, with an example of every body."""
    found = request.app.openapi()
    pieces = [f"<h1>{escape(found['info']['title'])} {escape(found['info']['version'])}</h1>"]
    pieces.append(f'<p>{escape(ABOUT)} <a href="/openapi.json">/openapi.json</a></p>')
    schemas = found["components"]["schemas"]
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            pieces += _operation(f"{method.upper()} {path}", operation, schemas)
    pieces.append("<h2>Problems</h2><dl>")
    for status, hint in problems.WHAT_TO_DO.items():
        pieces.append(f'<dt id="{status}">{status}</dt><dd>{_prose(hint)}</dd>')
    return page(request, "API", "\n".join((*pieces, "</dl>")))


def _operation(title: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[str]:
    pieces = [f"<h2>{escape(title)}</h2>", f"<p>{_prose(operation.get('description', ''))}</p>"]
    if operation.get("security"):
        pieces.append("<p>Authorization: Bearer KEY</p>")
    for one in operation.get("parameters", ()):
        pieces.append(f"<p><code>{escape(one['name'])}</code> ({escape(one['in'])})</p>")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        shape = schemas[body["$ref"].rpartition("/")[2]]
        pieces.append(_table(shape))
        pieces += [_example(example) for example in shape.get("examples", ())]
    answered = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    if answered and "$ref" in answered:
        pieces.append(f"<h3>200</h3>{_table(schemas[answered['$ref'].rpartition('/')[2]])}")
    refusals = ", ".join(f'<a href="#{status}">{status}</a>' for status in operation["responses"] if status >= "400")
    return [*pieces, f"<p>{refusals}</p>"]


def _prose(text: str) -> str:
    """A description as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _table(shape: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(name)}</code></th><td>{escape(_kind(field))}</td>"
        f"<td>{_prose(field.get('description', ''))}</td></tr>"
        for name, field in shape.get("properties", {}).items()
    )
    return f"<table>{rows}</table>"


def _kind(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " or ".join(map(_kind, field["anyOf"]))
    if "items" in field:
        return f"list of {_kind(field['items'])}"
    return str(field.get("type", "anything"))


def _example(example: object) -> str:
    return f'<pre tabindex="0"><code>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</code></pre>'


def _ref(name: str) -> Said:
    return {"$ref": REF.format(model=name)}
