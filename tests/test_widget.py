"""The widget in a real browser: Debian's Chromium, driven by Playwright, judged by axe-core."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.processes import Served, served

if os.environ.get("FAQBOT_TEST_BROWSER", "0") in ("", "0"):
    pytest.skip("set FAQBOT_TEST_BROWSER=1 to test the widget in a browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect, sync_playwright

pytestmark = pytest.mark.slow

SHOP = "https://shop.example"  # a page of somebody else, which is never fetched from anywhere
STRICT = "default-src 'none'; script-src {service}; connect-src {service}"
QUESTION, ALARM = "is ketamine an opioid?", "he took too much and won't wake up"
PATIENCE = 8000  # milliseconds
# A page from the Internet may not ask a service on this machine without leave; here both are on it.
FLAGS = ("--no-sandbox", "--disable-features=LocalNetworkAccessChecks")
FAILURES = {"busy": 429, "too_long": 413, "failed": 500}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    with served(folder, f"sqlite:///{folder / 'log.db'}", "--region", "US", FAQBOT_ORIGINS=SHOP,
        FAQBOT_OUTBOX_FOLDER=str(folder / "outbox"),
    ) as found:  # fmt: skip
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        found = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield found
        found.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, service: Served) -> Iterator[OpenPage]:
    """Opens the first page of the service, or another, in a browser that has been nowhere; no script may fail in it."""
    contexts, errors = [], []

    def opened(path: str = "/", **options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(service.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def ask(page: Page, text: str, number: int = 1) -> None:
    """Type a question and wait until as many replies stand there."""
    page.get_by_role("combobox").fill(text)
    page.get_by_role("combobox").press("Enter")
    expect(replies(page)).to_have_count(number)


def replies(page: Page) -> Locator:
    return page.locator("faqbot-widget .answer, faqbot-widget .decline, faqbot-widget .safety, faqbot-widget .clarify")


def posted(request: Request) -> dict[str, Any]:
    """The JSON of a request."""
    values: dict[str, Any] = request.post_data_json or {}
    return values


def opened(page: Page) -> Page:
    page.get_by_role("button", name="Ask a question").click()
    return page


def focused(page: Page) -> str:
    """The name or the text of what has the focus within the widget."""
    name: str = page.evaluate(
        "() => { const one = document.querySelector('faqbot-widget').shadowRoot.activeElement;"
        " return one ? one.getAttribute('aria-label') || one.textContent : ''; }"
    )
    return name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 320])
def test_axe_finds_nothing_in_any_state(open_page: OpenPage, scheme: str, width: int) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 700}, reduced_motion="reduce")
    found = {"closed": faults(page)}
    opened(page)
    found["open"] = faults(page)
    page.get_by_role("combobox").press_sequentially("does ket")
    expect(page.get_by_role("option").first).to_be_visible()
    found["suggestions"] = faults(page)
    ask(page, QUESTION)
    ask(page, "tramadol", 2)
    found["conversation"] = faults(page)
    ask(page, ALARM, 3)
    found["safety"] = faults(page)
    page.context.set_offline(True)
    page.get_by_role("combobox").fill("are you there")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    found["error"] = faults(page)

    assert found == dict.fromkeys(found, "")


@pytest.mark.parametrize("path", ["/faq", "/faq/ketamine_bladder", "/docs"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_which_need_no_script(open_page: OpenPage, path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme, viewport={"width": 320, "height": 700})

    assert faults(page) == ""
    assert not sideways(page)


def faults(page: Page) -> str:
    """What axe-core finds, all of its rules in force; empty for nothing."""
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


def test_a_conversation_can_be_held_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page()
    keys = page.keyboard
    while focused(page) != "Ask a question":
        keys.press("Tab")
    keys.press("Enter")
    assert focused(page) == "Type a question"
    keys.type("how does ketamine w")
    expect(page.get_by_role("option").first).to_be_visible()
    keys.press("ArrowDown")
    active = page.get_by_role("combobox").get_attribute("aria-activedescendant")
    assert active == "option0"
    keys.press("Enter")
    expect(replies(page)).to_have_count(1)
    assert focused(page) == "Type a question"
    seen = []
    for _ in range(12):
        keys.press("Shift+Tab")
        seen.append(focused(page))
        if page.evaluate("document.querySelector('faqbot-widget').shadowRoot.activeElement?.closest('.stack')"):
            break
    keys.press("Enter")
    expect(replies(page)).to_have_count(2)
    keys.press("Escape")
    assert focused(page) == "Ask a question"
    expect(page.get_by_role("log")).to_be_hidden()


def test_what_has_the_focus_shows_it(open_page: OpenPage) -> None:
    page = opened(open_page())
    ask(page, QUESTION)
    for _ in range(8):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "() => { const one = document.querySelector('faqbot-widget').shadowRoot.activeElement;"
            " return one ? getComputedStyle(one).outlineStyle : 'solid'; }"
        )
        assert outline == "solid", focused(page)


def test_messages_are_a_log_that_is_read_out(open_page: OpenPage) -> None:
    page = opened(open_page())

    assert page.get_by_role("log").get_attribute("aria-live") == "polite"
    assert page.get_by_role("log").get_attribute("aria-label") == "Conversation"


def test_a_choice_is_a_button_that_answers_by_its_intent(open_page: OpenPage, service: Served) -> None:
    page = opened(open_page())
    ask(page, QUESTION)
    with page.expect_request(f"{service.url}/v1/ask") as sent:
        page.get_by_role("group", name="Pick a question").get_by_role("button").first.click()

    expect(replies(page)).to_have_count(2)
    assert posted(sent.value)["intent"] == "ketamine_vs_opioids"


def test_thumbs_are_kept_and_shown_as_pressed(open_page: OpenPage, service: Served) -> None:
    page = opened(open_page())
    ask(page, QUESTION)
    page.get_by_role("group", name="Did this help?").get_by_role("button", name="No").click()

    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="No")).to_have_attribute("aria-pressed", "true")
    page.route(f"{service.url}/v1/feedback", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("That could not be kept.")).to_be_visible()
    expect(page.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "false")


def test_sources_stand_below_an_answer(open_page: OpenPage) -> None:
    page = opened(open_page())
    ask(page, "can ketamine damage the bladder")
    page.locator("faqbot-widget summary").click()

    expect(page.get_by_text("Long-Term and High-Dose Risks")).to_be_visible()


def test_an_alarm_shows_numbers_that_can_be_tapped_and_asks_for_no_opinion(open_page: OpenPage) -> None:
    page = opened(open_page())
    ask(page, ALARM)

    links = page.locator("faqbot-widget .safety a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert {"tel:911", "tel:988", "sms:988", "https://988lifeline.org"} <= set(links)
    assert page.locator("faqbot-widget .safety").evaluate("one => one.children[1].tagName") == "UL"  # before the text
    expect(page.get_by_role("group", name="Did this help?")).to_have_count(0)


def test_the_way_to_a_person_is_a_question_where_nothing_is_passed_on(open_page: OpenPage) -> None:
    page = open_page("/faq")
    page.route("**/widget.js", without_a_desk)
    page.goto(page.url.removesuffix("faq"))
    opened(page)
    page.get_by_role("button", name="Talk to a person").click()

    expect(replies(page)).to_have_count(1)
    expect(replies(page).first).to_contain_text("turn to the people who gave you this chat")


def test_the_form_for_a_person_opens_a_ticket_and_shows_its_reference(open_page: OpenPage, service: Served) -> None:
    page = opened(open_page())
    ask(page, QUESTION)
    page.get_by_role("button", name="Talk to a person").click()
    assert faults(page) == ""
    page.get_by_label("How to reach you").fill("room 4")
    with page.expect_request(f"{service.url}/v1/handover") as sent:
        page.get_by_role("button", name="Send to a person").click()
    expect(page.get_by_text("Your reference: ")).to_be_visible()

    consent, send = page.get_by_text("is sent along"), page.get_by_role("button", name="Send to a person")
    above, below = consent.bounding_box(), send.bounding_box()
    assert above
    assert below
    assert above["y"] < below["y"]
    [ticket] = (service.errors.parent / "outbox").iterdir()
    expect(page.get_by_text(f"Your reference: {ticket.name[:8]}")).to_be_visible()
    assert "Contact: room 4" in ticket.read_text(encoding="utf-8")
    assert posted(sent.value)["contact"] == "room 4"
    assert posted(sent.value)["turns"][0]["text"] == QUESTION
    page.get_by_role("button", name="Back").click()
    expect(replies(page)).to_have_count(1)


def test_a_desk_that_cannot_be_reached_is_admitted_in_the_form(open_page: OpenPage) -> None:
    page = opened(open_page())
    page.route("**/v1/handover", lambda route: route.fulfill(status=503, json={}))
    ask(page, QUESTION)
    page.get_by_role("button", name="Talk to a person").click()
    page.get_by_role("button", name="Send to a person").click()

    expect(page.get_by_text("That could not be passed on.")).to_be_visible()
    expect(page.get_by_role("button", name="Send to a person")).to_be_enabled()


def without_a_desk(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('"handover":true', '"handover":false'))


def test_a_conversation_outlives_a_reload_and_no_other_tab_has_it(open_page: OpenPage) -> None:
    page = opened(open_page())
    ask(page, "is ketamine addictive")
    page.reload()
    expect(replies(page)).to_have_count(1)
    ask(page, "and xanax?", 2)

    other = page.context.new_page()
    other.goto(page.url)
    opened(other)
    expect(replies(other)).to_have_count(0)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    expect(replies(page).nth(1)).to_contain_text("Xanax")


def test_clearing_leaves_nothing_on_the_device(open_page: OpenPage) -> None:
    page = opened(open_page())
    ask(page, QUESTION)
    page.get_by_role("button", name="Clear this conversation").click()

    expect(replies(page)).to_have_count(0)
    assert QUESTION not in page.evaluate("JSON.stringify(sessionStorage)")
    assert focused(page) == "Type a question"
    page.reload()
    expect(replies(page)).to_have_count(0)


def test_without_a_connection_what_was_typed_stays_with_the_numbers_and_a_retry(open_page: OpenPage) -> None:
    page = opened(open_page())
    page.context.set_offline(True)
    page.get_by_role("combobox").fill(QUESTION)
    page.get_by_role("combobox").press("Enter")

    expect(page.get_by_text("There is no connection.")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value(QUESTION)
    expect(page.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(replies(page)).to_have_count(1)
    expect(page.get_by_role("combobox")).to_have_value("")
    expect(page.locator("faqbot-widget .error")).to_have_count(0)


@pytest.mark.parametrize("key", FAILURES)
def test_a_refusal_says_what_to_do_and_shows_the_numbers(open_page: OpenPage, service: Served, key: str) -> None:
    page = opened(open_page())
    numbers = [{"label": "Emergency", "number": "000", "kind": "call"}]
    headers = {"Retry-After": "17", "Content-Type": "application/problem+json"}
    body = json.dumps({"resources": numbers})
    page.route(f"{service.url}/v1/ask", lambda route: route.fulfill(status=FAILURES[key], headers=headers, body=body))
    page.get_by_role("combobox").fill(QUESTION)
    page.get_by_role("combobox").press("Enter")

    expect(
        page.get_by_text({"busy": "wait 17 seconds", "too_long": "too long", "failed": "Something went wrong"}[key])
    ).to_be_visible()
    expect(page.get_by_role("link", name="Call 000")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value(QUESTION)


HOSTILE = (
    "<img src=x onerror=window.hacked=1>",
    "<script>window.hacked=1</script>",
    "<svg onload=window.hacked=1>",
    "[x](javascript:window.hacked=1)",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "{{constructor.constructor('hacked=1')()}}",
    "</script><script>window.hacked=1</script>",
    "<a href='javascript:window.hacked=1'>x</a>",
)


def test_nothing_that_is_typed_runs(open_page: OpenPage) -> None:
    page = opened(open_page())
    for number, text in enumerate(HOSTILE, start=1):
        ask(page, text, number)

    assert foreign(page) == []


def test_nothing_that_a_reply_holds_runs(open_page: OpenPage, service: Served) -> None:
    page = opened(open_page())
    evil = "".join(HOSTILE) + "<p onclick=window.hacked=1 style='position:fixed'>paragraph</p>"
    page.route(f"{service.url}/v1/ask", lambda route: route.fulfill(json=reply(evil)))
    ask(page, QUESTION)
    page.reload()

    assert foreign(page) == []
    expect(page.get_by_text("paragraph", exact=True).first).to_be_visible()


def reply(evil: str) -> dict[str, object]:
    """A reply that holds markup wherever it can."""
    return {
        "turn": "0" * 32, "kind": "answer", "text": evil, "urgent": False, "handover": None, "kb": "x", "context": "x",
        "parts": [{"kind": "answer", "text": evil, "html": evil, "sources": [{"document": evil, "section": evil}]}],
        "choices": [{"title": evil, "intent": evil}], "closing": {"text": evil, "html": evil}, "context_reset": False,
        "resources": [{"label": evil, "number": "javascript:hacked=1", "kind": kind} for kind in ("call", "web")],
    }  # fmt: skip


def foreign(page: Page) -> list[str]:
    """What should not be in the widget: elements that load or run, handlers, styles; or that something ran."""
    page.wait_for_timeout(200)
    if page.evaluate("'hacked' in window"):
        return ["a script ran"]
    found: list[str] = page.evaluate(
        "() => [...document.querySelector('faqbot-widget').shadowRoot.querySelectorAll('.said *')].filter((one) =>"
        " /^(IMG|SCRIPT|SVG|IFRAME|OBJECT|STYLE|LINK|FORM)$/i.test(one.tagName) ||"
        " [...one.attributes].some(({name, value}) => /^(on|style)/.test(name) || /^javascript:/i.test(value))"
        ").map((one) => one.outerHTML)"
    )
    return found


def customer(page: Page, service: Served, script: str, style: str = "") -> Page:
    """A page of somebody else with a strict policy, styles of its own, and the widget."""
    head = "<!doctype html><html lang=en><title>Shop</title><link rel=stylesheet href=/x.css>"
    html = f"{head}<main><h1>Shop</h1>{script}</main>"
    headers = {"Content-Security-Policy": STRICT.format(service=service.url) + f"; style-src {SHOP}"}
    page.route(f"{SHOP}/", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers))
    page.route(f"{SHOP}/x.css", lambda route: route.fulfill(body=style, content_type="text/css"))
    page.goto(SHOP)
    return page


def test_it_works_on_the_page_of_somebody_else_with_a_strict_policy(open_page: OpenPage, service: Served) -> None:
    page = open_page("/faq")
    urls: list[str] = []
    page.on("request", lambda request: note(urls, request))
    script = (
        f'<script src="{service.url}/widget.js?region=UK" data-title="Ask the shop" data-open="Help" async></script>'
    )
    customer(
        page,
        service,
        script,
        "* { color: red !important; display: block !important; } faqbot-widget { --faqbot-accent: #176b2c }",
    )
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("heading", name="Ask the shop")).to_be_visible()
    ask(page, ALARM)

    assert "999" in replies(page).first.inner_text()
    assert {url.split("/")[2] for url in urls if not url.startswith("data:")} == {"shop.example", service.url[7:]}
    colour = page.locator("faqbot-widget .bar").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(23, 107, 44)"


def note(urls: list[str], request: Request) -> None:
    urls.append(request.url)


def test_it_can_stand_in_the_page_with_a_colour_of_its_own(open_page: OpenPage, service: Served) -> None:
    page = open_page("/faq")
    script = (
        f'<div id=here></div><script src="{service.url}/widget.js" data-inline="#here" data-accent="#7a1f5c"></script>'
    )
    customer(page, service, script)
    ask(page, QUESTION)

    expect(page.get_by_role("button", name="Close")).to_have_count(0)
    assert page.evaluate("document.querySelector('#here faqbot-widget') !== null")
    colour = page.locator("faqbot-widget .bar").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(122, 31, 92)"
    assert faults(page) == ""


@pytest.mark.parametrize(("width", "height"), [(320, 568), (500, 350), (640, 400)])
def test_it_fits_small_screens_and_a_zoom_of_200_percent(open_page: OpenPage, width: int, height: int) -> None:
    page = opened(open_page(viewport={"width": width, "height": height}))
    ask(page, "what is the difference between ketamine and opioids")
    ask(page, ALARM, 2)

    assert not sideways(page)
    for part in (".bar", ".log", "form", ".foot"):
        box = page.locator(f"faqbot-widget {part}").first.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    overflow = page.locator("faqbot-widget .log").evaluate("one => one.scrollWidth - one.clientWidth")
    assert overflow <= 0


def sideways(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_nothing_moves_where_no_motion_is_wanted(open_page: OpenPage, service: Served) -> None:
    page = opened(open_page(reduced_motion="reduce"))
    page.route(f"{service.url}/v1/ask", lambda route: None)  # never answered
    page.get_by_role("combobox").fill(QUESTION)
    page.get_by_role("combobox").press("Enter")

    assert page.locator("faqbot-widget .wait").evaluate("one => getComputedStyle(one).animationName") == "none"


def test_the_pages_of_questions_work_without_a_script(open_page: OpenPage) -> None:
    page = open_page("/faq", java_script_enabled=False)
    page.get_by_role("link", name="Can ketamine damage the bladder?").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Can ketamine damage the bladder?")
