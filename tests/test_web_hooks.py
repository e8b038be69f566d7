from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.channels.web.app import create_app
from bot.channels.web.hooks import MOST
from bot.channels.web.site import Options, Site
from bot.record.inbox import Inbox
from bot.signatures import SIGNATURE, TIMESTAMP, signature
from tests.desks.memory import Memory
from tests.web import SECRET, shipped_bot

BODY = json.dumps([{"ticket": "7", "delivery": "m-7-1"}]).encode()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox.open(f"sqlite:///{tmp_path / 'log.db'}") as found:
        yield found


@pytest.fixture
def client(inbox: Inbox) -> Iterator[TestClient]:
    site = Site(shipped_bot, Options(SECRET))
    site.hooks["memory"], site.inbox = Memory(SECRET), inbox
    with TestClient(create_app(site), raise_server_exceptions=False) as found:
        yield found


def sign(body: bytes, at: float = 0.0, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at or time.time()))
    return {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


def test_what_is_signed_is_kept_before_it_is_answered(client: TestClient, inbox: Inbox) -> None:
    answer = client.post("/hooks/memory", content=BODY, headers=sign(BODY))

    assert (answer.status_code, answer.json()) == (202, {"new": 1})
    assert inbox.counts()[0].waiting == 1


def test_what_is_told_again_is_taken_and_not_new(client: TestClient, inbox: Inbox) -> None:
    found = [client.post("/hooks/memory", content=BODY, headers=sign(BODY)).json()["new"] for _ in range(3)]

    assert found == [1, 0, 0]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sign(BODY, secret="another secret of somebody"),  # noqa: S106
        sign(BODY, at=time.time() - 1000),
        sign(BODY, at=time.time() + 1000),
        sign(BODY + b" "),
        {TIMESTAMP: "now", SIGNATURE: "sha256="},
    ],
)
def test_what_is_not_signed_now_is_refused_and_not_kept(
    client: TestClient, inbox: Inbox, headers: dict[str, str]
) -> None:
    answer = client.post("/hooks/memory", content=BODY, headers=headers)

    assert answer.status_code == 401
    assert inbox.counts() == []


def test_what_cannot_be_read_is_refused_though_it_is_signed(client: TestClient) -> None:
    assert client.post("/hooks/memory", content=b"rubbish", headers=sign(b"rubbish")).status_code == 400


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    large = b"[" * (MOST + 1)

    assert client.post("/hooks/memory", content=large, headers=sign(large)).status_code == 413


def test_a_desk_that_is_not_set_up_has_no_place(client: TestClient) -> None:
    assert client.post("/hooks/rt", content=BODY, headers=sign(BODY)).status_code == 404


def test_where_the_database_is_gone_the_desk_is_told_to_try_again(
    client: TestClient, inbox: Inbox, tmp_path: Path
) -> None:
    inbox.close()
    for path in tmp_path.glob("log.db*"):
        path.unlink()
    (tmp_path / "log.db").mkdir()

    answer = client.post("/hooks/memory", content=BODY, headers=sign(BODY))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
