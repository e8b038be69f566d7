"""The endpoints beside /v1/ask, and the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot import Bot
from bot.channels.web.app import create_app
from bot.channels.web.content import Content
from bot.channels.web.markup import ATTRIBUTES, ELEMENTS, html
from bot.channels.web.rate import Rate
from bot.channels.web.site import Options, Site
from bot.errors import RecordError
from bot.record import Log
from tests.conftest import BuildContent
from tests.web import ADMIN_KEY, ALARM, ASK_KEY, KEYS, QUESTION, SECRET, bearer, service, shipped_bot

TURN = "0123456789abcdef" * 2
LARGEST_WIDGET = 25 * 1024  # bytes, with the words and the numbers in it


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service() as client:
        yield client


@pytest.fixture
def log(tmp_path: Path) -> Callable[[], Log]:
    return lambda: Log.open(f"sqlite:///{tmp_path / 'log.db'}")


def test_topics_list_every_question_but_small_talk(client: TestClient) -> None:
    found = client.get("/v1/topics").json()

    assert "smalltalk" not in [topic["id"] for topic in found["topics"]]
    assert {"title": "Is ketamine an opioid?", "intent": "ketamine_is_opioid"} in found["topics"][0]["intents"]


def test_an_intent_gives_its_entry(client: TestClient) -> None:
    entry = client.get("/v1/intents/ketamine_bladder").json()

    assert entry["title"] == "Can ketamine damage the bladder?"
    assert entry["html"].startswith("<p>")
    assert entry["reviewed"] is False


def test_an_unknown_intent_is_not_found(client: TestClient) -> None:
    refused = client.get("/v1/intents/no_such_thing")

    assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")


def test_suggestions_begin_like_what_was_typed(client: TestClient) -> None:
    found = client.get("/v1/suggest", params={"q": "ketamin blad"}).json()["suggestions"]

    assert found[0] == {"title": "Can ketamine damage the bladder?", "intent": "ketamine_bladder"}


@pytest.mark.parametrize("typed", ["", "k", "zzzz qqqq", ALARM, "\0", "🦄🦄"])
def test_where_nothing_fits_or_somebody_is_in_danger_nothing_is_suggested(client: TestClient, typed: str) -> None:
    assert client.get("/v1/suggest", params={"q": typed}).json() == {"suggestions": []}


def test_suggestions_want_something_typed_and_not_too_much(client: TestClient) -> None:
    missing, long = client.get("/v1/suggest"), client.get("/v1/suggest", params={"q": "x" * 201})

    assert (missing.status_code, long.status_code) == (422, 422)
    assert missing.json()["errors"][0]["field"] == "q"


def test_feedback_is_written_before_it_is_acknowledged_and_the_last_word_wins(log: Callable[[], Log]) -> None:
    with service(log=log()) as client:
        turn = client.post("/v1/ask", json={"text": "do you sell bicycles"}).json()["turn"]
        for helpful in (True, False):
            kept = client.post("/v1/feedback", json={"turn": turn, "helpful": helpful, "comment": "mail a@b.example"})
            assert kept.json() == {"turn": turn, "helpful": helpful}
        counted = client.get("/metrics").text

    (row,) = log().rows()
    assert (row["helpful"], row["comment"]) == (False, "mail [e-mail]")
    assert 'faqbot_feedback_total{helpful="no"} 1.0' in counted


@pytest.mark.parametrize(
    "body",
    [
        {"turn": "x", "helpful": True},
        {"turn": TURN},
        {"turn": TURN, "helpful": "yes"},
        {"turn": TURN, "helpful": True, "comment": "x" * 1001},
    ],
    ids=str,
)
def test_feedback_that_is_none_is_refused(client: TestClient, body: dict[str, object]) -> None:
    assert client.post("/v1/feedback", json=body).status_code == 422


def test_feedback_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/v1/feedback", json={"turn": TURN, "comment": "x" * 20_000}).status_code == 413


class Down(Log):
    """A log whose database is out of reach."""

    def __init__(self) -> None:
        pass

    dropped = 0

    def give_feedback(self, turn: str, *, helpful: bool, comment: str = "") -> None:
        raise RecordError("no route to host db.internal")

    def purge(self, before: object) -> int:
        raise RecordError("no route to host db.internal")

    def close(self, seconds: float = 10.0) -> None:
        pass


@pytest.mark.parametrize("log", [Down(), None], ids=["down", "off"])
def test_feedback_that_cannot_be_kept_is_not_promised(log: Log | None) -> None:
    with service(log=log) as client:
        refused = client.post("/v1/feedback", json={"turn": TURN, "helpful": True})

    assert refused.status_code == 503
    assert "db.internal" not in refused.text


def test_an_explanation_wants_a_key_of_an_admin(client: TestClient) -> None:
    body = {"text": "is tramadol an opioid"}
    refused = [client.post("/v1/explain", json=body, headers=headers) for headers in ({}, bearer(ASK_KEY))]
    explained = client.post("/v1/explain", json=body, headers=bearer(ADMIN_KEY))

    assert [one.status_code for one in refused] == [401, 401]
    assert explained.json() == json.loads(json.dumps(shipped_bot().explain("is tramadol an opioid").to_dict()))


def test_without_any_key_no_admin_gets_in() -> None:
    site = Site(shipped_bot, Options(secret=SECRET))
    with TestClient(create_app(site)) as client:
        assert client.post("/v1/explain", json={"text": "x"}, headers=bearer("")).status_code == 401


def test_metrics_count_by_kind_intent_and_category() -> None:
    with service() as client:
        for text in (QUESTION, QUESTION, ALARM, "can I talk to a person"):
            client.post("/v1/ask", json={"text": text})
        client.post("/v1/ask", json={})
        page = client.get("/metrics").text

    assert 'faqbot_replies_total{intent="ketamine_is_opioid",kind="answer"} 2.0' in page
    assert 'faqbot_safety_total{category="overdose_emergency"} 1.0' in page
    assert 'faqbot_handovers_total{reason="asked"} 1.0' in page
    assert 'faqbot_problems_total{status="422"} 1.0' in page
    assert "faqbot_reply_seconds_count 4.0" in page
    assert f'faqbot_knowledge_base_info{{hash="{shipped_bot().kb.hash}"}} 1.0' in page


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json()["kb"] == shipped_bot().kb.hash


def test_every_kind_of_request_is_counted_by_itself_for_its_address() -> None:
    with service(rate=Rate("1/minute")) as client:
        codes = [client.get("/v1/suggest", params={"q": "ke"}).status_code for _ in range(11)]
        asked = client.post("/v1/ask", json={"text": QUESTION}).status_code

    assert codes == [200] * 10 + [429]
    assert asked == 200


def test_pages_of_the_origins_that_are_allowed_may_ask_and_no_others() -> None:
    with service(origins=("https://shop.example",)) as client:
        asked = {
            origin: client.post("/v1/ask", json={"text": QUESTION}, headers={"Origin": origin})
            for origin in ("https://shop.example", "https://evil.example")
        }
        preflight = client.options(
            "/v1/ask", headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        )

    assert asked["https://shop.example"].headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in asked["https://evil.example"].headers
    assert "access-control-allow-credentials" not in asked["https://shop.example"].headers
    assert preflight.status_code == 200


def test_without_origins_no_other_page_may_ask(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"text": QUESTION}, headers={"Origin": "https://shop.example"})

    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    "path", ["/", "/faq", "/faq/ketamine_bladder", "/docs", "/v1/topics", "/nowhere", "/widget.js"]
)
def test_every_response_has_the_headers_that_protect(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "set-cookie" not in headers


class Links(HTMLParser):
    """What a page loads and links to, and the names of all attributes in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {name for name, _ in attrs}
        self.found += [(tag, value or "") for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("path", ["/", "/faq", "/faq/ketamine_bladder", "/docs"])
def test_pages_load_nothing_from_elsewhere_and_link_to_what_is_there(client: TestClient, path: str) -> None:
    for tag, target in Links(client.get(path).text).found:
        if tag != "a":
            assert target.startswith(("/", "data:,"))
        if target.startswith("/"):
            assert client.get(target).status_code == 200, target


def test_the_page_of_all_questions_has_every_question_and_no_script(client: TestClient) -> None:
    page = client.get("/faq").text

    assert all(
        f"/faq/{one['intent']}" in page for topic in Content(shipped_bot()).topics["topics"] for one in topic["intents"]
    )
    assert "<script" not in page


def test_the_page_of_a_question_has_its_answer_sources_and_the_numbers(client: TestClient) -> None:
    page = client.get("/faq/ketamine_bladder").text

    assert "<h1>Can ketamine damage the bladder?</h1>" in page
    assert "Long-Term and High-Dose Risks" in page
    assert "999" in page


def test_a_question_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/faq/<script>").status_code == 404


def test_the_base_as_linked_data(client: TestClient) -> None:
    found = client.get("/faq.jsonld")

    questions = found.json()["mainEntity"]
    assert found.headers["content-type"].startswith("application/ld+json")
    assert found.json()["@type"] == "FAQPage"
    assert len(questions) == sum(len(topic["intents"]) for topic in client.get("/v1/topics").json()["topics"])
    assert all(one["acceptedAnswer"]["text"] for one in questions)


def test_a_page_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    tag = client.get("/faq").headers["etag"]

    assert client.get("/faq", headers={"If-None-Match": tag}).status_code == 304


def test_the_widget_is_one_small_file_with_the_words_and_the_numbers_in_it(client: TestClient) -> None:
    safety = shipped_bot().kb.safety
    assert safety is not None
    for region in safety.regions:
        served = client.get("/widget.js", params={"region": region})
        assert len(served.content) < LARGEST_WIDGET
        assert served.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "116 123" in client.get("/widget.js").text


def test_every_text_of_the_widget_is_in_bot_yaml_and_shown(client: TestClient) -> None:
    script = (Path(__file__).parents[1] / "bot/channels/web/files/widget.js").read_text(encoding="utf-8")
    texts = {key.removeprefix("widget_") for key in shipped_bot().kb.voice if key.startswith("widget_")}

    assert {
        key for key in texts if f'"{key}"' not in script and f" {key}" not in script and f"{key}:" not in script
    } == set()


def test_the_document_has_every_endpoint_with_its_shapes(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    assert {"/v1/ask", "/v1/topics", "/v1/intents/{intent}", "/v1/suggest", "/v1/feedback", "/v1/explain"} <= set(
        document["paths"]
    )
    assert document["components"]["schemas"]["Ask"]["examples"]
    wanted = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))
    assert wanted <= set(document["components"]["schemas"])


def test_every_answer_becomes_allowed_elements_alone() -> None:
    bot = shipped_bot()
    for intent in bot.kb.intents:
        assert elements(html(*(part.text for part in bot.tell(intent).parts))) <= ELEMENTS


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href=javascript:x>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        '[x](https://a.example "\\" onclick=alert(1)")',
        '<https://a.example/"onclick=x>',
        "![x](https://evil.example/x.png)",
        "# heading <b>",
        "```html\n<script>\n```",
        "|a|b|\n|:-|-:|\n|<b>|c|",
        "3. third",
    ],
)
def test_markup_and_doubtful_links_stay_text(markdown: str) -> None:
    made = html(markdown)

    assert elements(made) <= ELEMENTS
    assert all(target.startswith(("http://", "https://", "mailto:", "tel:", "sms:")) for _, target in Links(made).found)
    assert Links(made).names <= ATTRIBUTES


def elements(markup: str) -> set[str]:
    return set(re.findall(r"<([a-z0-9]+)", markup))


def test_what_the_content_brings_stays_text_on_every_page(content: BuildContent) -> None:
    evil = "</title><script>alert(1)</script>"
    intent = f"title: '{evil} when', phrasings: [when]"
    root = content({
        "intents/hours.yaml": f"topic: hours\ntitle: '{evil}'\nintents:\n  open: {{{intent}}}\n",
        "answers/hours.yaml": f"topic: hours\nanswers:\n  open:\n    short: '{evil}'\n    text: '{evil}'\n",
    })  # fmt: skip
    with service(lambda: Bot.load(root)) as client:
        pages = [client.get(path).text for path in ("/", "/faq", "/faq/open", "/docs")]

    assert not any("<script>alert" in page for page in pages)


def test_a_reload_serves_the_new_content_and_keeps_the_old_one_where_it_is_wrong(content: BuildContent) -> None:
    root = content()
    site = Site(lambda: Bot.load(root), Options(secret=SECRET, keys=KEYS))
    with TestClient(create_app(site)) as client:
        answers = root / "answers/hours.yaml"
        whole = answers.read_text(encoding="utf-8")
        answers.write_text(whole.replace("from nine to five", "from ten to six"), encoding="utf-8")
        assert client.portal is not None
        taken = client.portal.call(site.reload)
        changed = client.post("/v1/ask", json={"intent": "opening_hours"}).json()
        answers.write_text("topic: hours\nanswers: {}\n", encoding="utf-8")
        refused = client.portal.call(site.reload)
        kept = client.post("/v1/ask", json={"intent": "opening_hours"}).json()

    assert (taken, refused) == (True, False)
    assert "ten to six" in changed["text"]
    assert kept["text"] == changed["text"]


def test_every_line_of_a_reply_of_safety_stands_by_itself(client: TestClient) -> None:
    part = client.post("/v1/ask", json={"text": ALARM}).json()["parts"][0]

    assert part["html"].startswith("<p>Call 999 now for them.</p>\n<p>")
    assert "<br" not in part["html"]


def test_the_greeting_of_the_widget_names_the_topics_below_each_other(client: TestClient) -> None:
    script = client.get("/widget.js").text

    assert all(f"\\u2022 {topic['title']}\\n" in script for topic in client.get("/v1/topics").json()["topics"])
    assert "{topics}" not in script


@pytest.mark.parametrize("path", ["/", "/healthz", "/faq", "/widget.js", "/v1/topics"])
def test_head_is_answered_as_get_is_without_the_body(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers


def test_head_of_what_is_only_posted_is_refused(client: TestClient) -> None:
    assert client.head("/v1/ask").status_code == 405
