"""POST /v1/ask: answers, contexts, and that no edge silences an alarm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot import Bot
from bot.channels.web.rate import Rate
from bot.channels.web.tokens import Tokens, begun
from bot.dialogue import Context
from bot.errors import RecordError
from bot.record import Log
from tests.web import ADMIN_KEY, ALARM, ASK_KEY, QUESTION, SECRET, bearer, service, shipped_bot

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with service() as client:
        yield client


def test_a_question_gets_the_reply_of_the_bot_with_html_a_turn_and_a_token(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"text": QUESTION}).json()

    said = shipped_bot().reply(QUESTION).to_dict()
    assert {key: reply[key] for key in said if key not in ("context", "parts")} == {
        key: said[key] for key in said if key not in ("context", "parts")
    }
    assert reply["parts"][0]["html"].startswith("<p>Ketamine is <strong>not an opioid</strong>.")
    assert re.fullmatch(r"[0-9a-f]{32}", reply["turn"])
    opened = Tokens(SECRET).open(reply["context"])
    assert opened is not None
    assert opened.context == shipped_bot().reply(QUESTION).context


def test_every_reply_has_another_turn(client: TestClient) -> None:
    turns = {client.post("/v1/ask", json={"text": QUESTION}).json()["turn"] for _ in range(3)}

    assert len(turns) == 3


def test_a_context_carries_the_conversation_on(client: TestClient) -> None:
    first = client.post("/v1/ask", json={"text": "is ketamine addictive"}).json()
    second = client.post("/v1/ask", json={"text": "and xanax?", "context": first["context"]}).json()

    assert second["parts"][0]["intent"] == "xanax_dependence"
    assert second["context_reset"] is False


@pytest.mark.parametrize(
    "context", ["rubbish", "a.b.c", 7, {"version": 2}, ["x"], "ü.😀", "x" * 9000, True], ids=lambda c: repr(c)[:20]
)
def test_a_context_that_is_no_token_is_dropped_and_not_refused(client: TestClient, context: object) -> None:
    reply = client.post("/v1/ask", json={"text": QUESTION, "context": context})

    assert reply.status_code == 200
    assert reply.json()["context_reset"] is True


def test_a_context_that_is_too_old_is_dropped() -> None:
    token = Tokens(SECRET).seal(begun(Context(region="UK")))

    assert Tokens(SECRET, fresh_for=-1).open(token) is None


def test_a_context_signed_with_another_secret_is_dropped(client: TestClient) -> None:
    forged = Tokens("another secret, of somebody else").seal(begun(Context(region="US")))

    assert client.post("/v1/ask", json={"text": QUESTION, "context": forged}).json()["context_reset"] is True


def test_no_context_is_no_reset(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"text": QUESTION, "context": None}).json()["context_reset"] is False


def test_a_click_gets_the_entry_of_its_intent(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"intent": "ketamine_bladder"}).json()

    assert [part["intent"] for part in reply["parts"]] == ["ketamine_bladder"]


def test_none_of_these_gets_the_way_to_a_person(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"intent": "none_of_these"}).json()["kind"] == "decline"


def test_a_region_gives_its_numbers(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"text": ALARM, "region": "Ireland"}).json()

    assert reply["resources"][0]["number"] == "112"
    assert "112 or 999" in reply["text"]


def test_a_flagged_conversation_ends_every_reply_with_the_numbers(client: TestClient) -> None:
    first = client.post("/v1/ask", json={"text": ALARM}).json()
    second = client.post("/v1/ask", json={"text": QUESTION, "context": first["context"]}).json()

    assert "999" in second["closing"]["text"]
    assert second["closing"]["html"].startswith("<p>")
    assert second["resources"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"text": QUESTION, "intent": "ketamine_bladder"}, "body"),
        ({"text": 7}, "text"),
        ({"text": None}, "text"),
        ({"intent": "no_such_intent"}, "intent"),
        ({"intent": ""}, "intent"),
        ({"text": QUESTION, "region": "Atlantis"}, "region"),
        ({"text": QUESTION, "regoin": "UK"}, "regoin"),
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named(client: TestClient, body: dict[str, object], field: str) -> None:
    refused = client.post("/v1/ask", json=body)

    assert refused.status_code == 422
    assert refused.headers["content-type"] == PROBLEM
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert refused.json()["resources"][0]["number"] == "999"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"nul", b'{"text": "x"', b"\xff\xfe", b"[" * 9000, b'{"x": 1' + b"0" * 9000]
)
def test_a_body_that_is_no_json_object_is_told_so(client: TestClient, body: bytes) -> None:
    refused = client.post("/v1/ask", content=body)

    assert refused.status_code == 400
    assert refused.json()["resources"]


def test_a_body_over_16_kb_is_too_large(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"text": "is it " * 3000}).status_code == 413
    assert client.post("/v1/ask", json={"text": "is it " * 30000}).status_code == 413


def test_every_refusal_carries_the_numbers_of_the_region_that_was_asked_for(client: TestClient) -> None:
    refused = client.post("/v1/ask", json={"region": "US"})

    assert refused.json()["resources"][0]["number"] == "911"


def test_another_method_is_refused_with_the_numbers(client: TestClient) -> None:
    refused = client.get("/v1/ask")

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["resources"]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"text": ALARM, "context": {"broken": [1, 2]}}),
        json.dumps({"text": ALARM, "region": 7}),
        json.dumps({"text": ALARM, "region": "Atlantis"}),
        json.dumps({"text": ALARM, "intent": "ketamine_bladder"}),
        json.dumps({"text": ALARM, "unheard": "of"}),
        json.dumps({"text": ALARM + " " + "please help me " * 2700}),
        json.dumps({"text": ALARM + " " + "please help me " * 27000}),
        json.dumps({"padding": "x" * 40_000, "text": ALARM}),
        '{"text": "' + ALARM,
        '{"text": "my friend took too much and won\\u2019t wake up", "context": ',
        ALARM,
        json.dumps([ALARM]),
        json.dumps({"text": [ALARM]}),
        json.dumps({"question": ALARM}),
        json.dumps({"messages": [{"role": "user", "text": ALARM}]}),
        json.dumps({"intent": ALARM}),
        f"text={ALARM}",
    ],
    ids=lambda body: f"{len(body)} {body[:60]}",
)
def test_an_alarm_is_answered_whatever_else_is_wrong_with_the_request(client: TestClient, body: str) -> None:
    reply = client.post("/v1/ask", content=body.encode())

    assert reply.status_code == 200
    assert (reply.json()["kind"], reply.json()["urgent"]) == ("safety", True)
    assert "999" in reply.json()["text"]


def test_an_alarm_needs_no_key_and_has_no_limit() -> None:
    with service(require_key=True, rate=Rate("1/hour")) as client:
        replies = [client.post("/v1/ask", json={"text": ALARM}) for _ in range(4)]
        keyed = [client.post("/v1/ask", json={"text": QUESTION}, headers=bearer(ASK_KEY)) for _ in range(2)]
        late = client.post("/v1/ask", json={"text": ALARM}, headers=bearer(ASK_KEY))

    assert [reply.json()["urgent"] for reply in replies] == [True] * 4
    assert [reply.status_code for reply in keyed] == [200, 429]
    assert late.json()["urgent"] is True


def test_without_its_key_a_question_is_refused_with_the_numbers() -> None:
    with service(require_key=True) as client:
        refused = client.post("/v1/ask", json={"text": QUESTION})
        wrong = client.post("/v1/ask", json={"text": QUESTION}, headers=bearer("fb_wrong"))
        basic = client.post("/v1/ask", json={"text": QUESTION}, headers={"Authorization": f"Basic {ASK_KEY}"})
        admitted = [client.post("/v1/ask", json={"text": QUESTION}, headers=bearer(k)) for k in (ASK_KEY, ADMIN_KEY)]

    assert [one.status_code for one in (refused, wrong, basic)] == [401] * 3
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["resources"]
    assert [one.status_code for one in admitted] == [200, 200]


def test_over_the_limit_it_says_when_to_come_back() -> None:
    with service(rate=Rate("2/minute")) as client:
        answers = [client.post("/v1/ask", json={"text": QUESTION}) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert answers[2].json()["resources"]


class Broken(Bot):
    """A bot whose matching fails."""

    def _asked(self, *_: object) -> None:  # type: ignore[override]
        raise RuntimeError("secret innards")


def broken() -> Bot:
    bot = shipped_bot().in_region("UK")
    bot.__class__ = Broken
    return bot


def test_a_failure_tells_nothing_of_the_inside_and_gives_the_numbers() -> None:
    with service(broken) as client:
        refused = client.post("/v1/ask", json={"text": QUESTION})

    assert refused.status_code == 500
    assert "innards" not in refused.text
    assert refused.json()["resources"][0]["number"] == "999"


def test_an_alarm_is_answered_where_everything_behind_the_screening_fails() -> None:
    with service(broken) as client:
        assert client.post("/v1/ask", json={"text": ALARM}).json()["urgent"] is True


def test_a_lone_surrogate_does_not_stop_an_answer(client: TestClient) -> None:
    reply = client.post("/v1/ask", content=b'{"text": "is ketamine an opioid \\ud800"}')

    assert reply.json()["kind"] == "answer"


def test_long_questions_are_answered_beside_the_loop(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"text": QUESTION + " thank you very much" * 15}).status_code == 200


def test_the_same_question_is_answered_the_same_from_what_was_kept(client: TestClient) -> None:
    replies = [client.post("/v1/ask", json={"text": "what is a k-hole"}).json() for _ in range(2)]

    for reply in replies:
        del reply["turn"], reply["context"]  # a token holds the time
    assert replies[0] == replies[1]


def test_a_turn_is_written_down_without_whose_it_is(tmp_path: Path) -> None:
    log = Log.open(f"sqlite:///{tmp_path / 'log.db'}")
    with service(log=log) as client:
        first = client.post("/v1/ask", json={"text": "my name is Jo Doe, is ketamine an opioid?"}).json()
        turn = first["turn"]
        alarm = client.post("/v1/ask", json={"text": ALARM, "context": first["context"]}).json()["turn"]
        other = client.post("/v1/ask", json={"intent": "ketamine_bladder"}).json()["turn"]

    rows = {row["turn"]: row for row in Log.open(f"sqlite:///{tmp_path / 'log.db'}").rows()}
    assert set(rows) == {turn, alarm, other}
    assert rows[turn]["conversation"] == rows[alarm]["conversation"] != rows[other]["conversation"]
    assert rows[turn]["channel"] == "web"
    assert "Doe" not in rows[turn]["text"]
    assert rows[alarm]["text"] is None
    assert rows[turn]["person"] not in (None, "testclient")


class Full(Log):
    """A log that fails."""

    def __init__(self) -> None:
        pass

    dropped = 0

    def write_again(self, outcome: object, stamp: object) -> None:
        raise RecordError("no room")

    def close(self, seconds: float = 10.0) -> None:
        pass

    def purge(self, before: object) -> int:
        raise RecordError("no log")


def test_a_log_that_fails_costs_no_reply_and_is_counted() -> None:
    with service(log=Full()) as client:
        assert client.post("/v1/ask", json={"text": QUESTION}).status_code == 200
        assert client.get("/readyz").json()["dropped"] == 1
        assert "faqbot_log_dropped_rows_total 1.0" in client.get("/metrics").text
