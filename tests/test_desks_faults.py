"""What goes wrong between faqbot and the real desks: no message is lost, nothing is written twice, nothing loops."""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import update

from bot.desks import Conversation, HelpDesk, Said, connect
from bot.errors import DeskError
from bot.record.desk_schema import events
from bot.record.inbox import Inbox
from bot.signatures import SIGNATURE, TIMESTAMP, signature
from bot.triage import Policy
from bot.triage.work import Clerk
from tests.desks.faulty import Way, way
from tests.desks.stands import NAMES, Stand, eventually, fresh, stand
from tests.processes import Served, served
from tests.web import ALARM, QUESTION, shipped_bot

pytestmark = pytest.mark.slow
TOPIC = "classification"  # of QUESTION
SUGGESTED, ANSWERED = "Suggested by faqbot", "Please write your answer above this line"


@pytest.fixture(scope="module", params=NAMES)
def real(request: pytest.FixtureRequest) -> Stand:
    return stand(request.param)


@pytest.fixture
def broken(real: Stand) -> Iterator[Way]:
    with way(real.known["url"]) as found:
        yield found


@pytest.fixture
def clerk(real: Stand, broken: Way, tmp_path: Path) -> Iterator[Clerk]:
    """Works for a desk that is reached by a way that can break, and answers in public where it may."""
    with Inbox.open(f"sqlite:///{tmp_path / 'log.db'}") as inbox:
        desk = behind(real, broken)
        policy = Policy(frozenset({(queue(real), TOPIC)}))
        yield Clerk(shipped_bot, desk, inbox, policy, "a secret of the tests")
        desk.close()


def queue(real: Stand) -> str:
    return real.known["queue"]


def behind(real: Stand, broken: Way) -> HelpDesk:
    environment = {name: broken.url if name.endswith("_URL") else value for name, value in real.environment().items()}
    desk = connect(real.name, environment)
    assert isinstance(desk, HelpDesk)
    return desk


def told(clerk: Clerk, real: Stand, ticket: str) -> None:
    """Put every message of a ticket into the queue, as the desk tells of them."""
    clerk.inbox.put(real.name, [(one.id, ticket) for one in real.desk.get(ticket).messages])


def work(clerk: Clerk) -> None:
    """Work until nothing waits, as if time flew."""
    for _ in range(40):
        while clerk.work_once():
            pass
        if not clerk.inbox.counts()[0].waiting:
            return
        with clerk.inbox._engine.begin() as connection:
            connection.execute(update(events).values(due=datetime.now(UTC) - timedelta(seconds=1)))
    raise AssertionError("something waits for ever")


def asked(real: Stand, text: str = QUESTION) -> str:
    """The ticket of a new customer who wrote."""
    customer = fresh()
    real.mail(customer, text)
    return real.ticket_of(customer)


def holding(real: Stand, ticket: str, text: str) -> int:
    return sum(text in said for _, said in real.as_agent(ticket))


def test_a_question_is_answered_once_though_the_desk_breaks_after_it_wrote(
    real: Stand, broken: Way, clerk: Clerk
) -> None:
    ticket = asked(real)
    told(clerk, real, ticket)
    broken.once("error after", "POST", "correspond" if real.name == "rt" else "followups")

    work(clerk)

    assert holding(real, ticket, ANSWERED) == 1
    assert len(broken.posted) == 1


def test_a_question_is_answered_once_the_desk_is_up_again(real: Stand, broken: Way, clerk: Clerk) -> None:
    ticket = asked(real)
    told(clerk, real, ticket)
    broken.fault = lambda method, path: "refused"
    assert clerk.work_once()
    assert not clerk.work_once()
    assert clerk.inbox.counts()[0].waiting == 1

    broken.fault = lambda method, path: ""
    work(clerk)

    assert holding(real, ticket, ANSWERED) == 1


def test_a_desk_that_stays_down_parks_what_it_told_and_a_retry_deals_with_it(
    real: Stand, broken: Way, clerk: Clerk
) -> None:
    ticket = asked(real)
    told(clerk, real, ticket)
    broken.fault = lambda method, path: "refused"
    work(clerk)
    assert [row["ticket"] for row in clerk.inbox.parked(real.name)] == [ticket]

    broken.fault = lambda method, path: ""
    clerk.inbox.retry(real.name)
    work(clerk)

    assert holding(real, ticket, ANSWERED) == 1


def test_a_desk_that_takes_half_a_minute_is_waited_for(real: Stand, broken: Way, clerk: Clerk) -> None:
    ticket = asked(real)
    told(clerk, real, ticket)
    broken.once("slow", "POST", "correspond" if real.name == "rt" else "followups")

    work(clerk)

    assert holding(real, ticket, ANSWERED) == 1
    assert len(broken.posted) == 1


def test_a_hand_over_is_one_ticket_though_the_desk_breaks_after_it_wrote(real: Stand, broken: Way) -> None:
    desk = behind(real, broken)
    said = Conversation(fresh(), "web", (Said("customer", QUESTION),), contact=fresh())
    broken.once("error after", "POST", "ticket")

    with pytest.raises(DeskError, match="500"):
        desk.open_ticket(said, again=True)
    first, second = (desk.open_ticket(said, again=True) for _ in range(2))
    desk.close()

    assert first == second
    assert len(broken.posted) == 1


def test_danger_is_escalated_noted_and_answered_once_though_every_second_call_breaks(
    real: Stand, broken: Way, clerk: Clerk
) -> None:
    ticket = asked(real, ALARM)
    told(clerk, real, ticket)
    calls = iter(range(10_000))
    broken.fault = lambda method, path: "error after" if method != "GET" and not next(calls) % 2 else ""

    work(clerk)

    assert holding(real, ticket, "*** URGENT") == 1
    assert sum("999" in said and not internal for internal, said in real.as_agent(ticket)) == 1


def test_messages_that_come_in_another_order_are_answered_as_they_stand(real: Stand, clerk: Clerk) -> None:
    customer = fresh()
    real.mail(customer, QUESTION)
    ticket = real.ticket_of(customer)
    real.agent(ticket, "I will look into it.", public=True)
    found = [(one.id, ticket) for one in real.desk.get(ticket).messages]

    clerk.inbox.put(real.name, reversed(found))
    work(clerk)

    assert holding(real, ticket, ANSWERED) == 0


def test_mail_of_machines_makes_no_loop(real: Stand, clerk: Clerk) -> None:
    customer = fresh()
    real.mail(customer, QUESTION)
    ticket = real.ticket_of(customer)
    told(clerk, real, ticket)
    work(clerk)
    for _ in range(4):  # out of office, after every answer
        real.mail(customer, f"I am away. You wrote: {QUESTION}", ticket, {"Auto-Submitted": "auto-replied"})
        told(clerk, real, ticket)
        work(clerk)

    assert holding(real, ticket, ANSWERED) == 1


def test_two_bots_stop(real: Stand, clerk: Clerk) -> None:
    customer = fresh()
    real.mail(customer, QUESTION)
    ticket = real.ticket_of(customer)
    for _ in range(5):  # the other one answers everything with a question, and names itself a person
        told(clerk, real, ticket)
        work(clerk)
        real.mail(customer, QUESTION, ticket)
    told(clerk, real, ticket)
    work(clerk)

    assert holding(real, ticket, ANSWERED) == (2 if real.desk.tells_auto else 1)


# The whole service, and the desk that tells it.


@contextmanager
def serving(real: Stand, folder: Path, **environment: str) -> Iterator[Served]:
    """faqbot serve, where the desk tells of what happens; one test at a time has that place."""
    with Path(real.known["folder"]).with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = str(urlsplit(real.known["hook"]).port)
        given = {"FAQBOT_DESK": real.name, "FAQBOT_DESK_ANSWERS": f"{queue(real)}:{TOPIC}", **real.environment()}
        with served(folder, f"sqlite:///{folder / 'log.db'}", "--port", place, **{**given, **environment}) as found:
            yield found


def delivered(real: Stand, url: str, values: object, *, secret: str = "", at: float = 0.0) -> int:
    """The status that a signed delivery gets."""
    body = json.dumps(values).encode()
    stamp = str(int(at or time.time()))
    headers = {TIMESTAMP: stamp, SIGNATURE: signature(secret or real.known["secret"], stamp, body)}
    request = Request(f"{url}/hooks/{real.name}", body, headers)  # noqa: S310 - on this machine
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        return error.code


def telling(real: Stand, ticket: str) -> dict[str, object]:
    """What the desk tells of the first message of a ticket."""
    if real.name == "rt":
        number = int(real.desk.get(ticket).messages[0].id.removeprefix("rt-"))
        return {
            "transaction": number, "type": "Create", "ticket": int(ticket), "queue": "Support", "creator": "x",
            "email": "x@customer.test", "privileged": False, "content": "", "headers": {},
        }  # fmt: skip
    return {
        "ticket": int(ticket),
        "followup": None,
        "public": True,
        "user": None,
        "staff": False,
        "queue": "1",
        "email": "",
    }


def test_the_desk_tells_and_is_answered_and_a_note_never_reaches_the_customer(real: Stand, tmp_path: Path) -> None:
    with serving(real, tmp_path):
        ticket = asked(real)
        eventually(lambda: holding(real, ticket, ANSWERED))
        real.agent(ticket, "@faqbot is ketamine addictive?", public=False)
        eventually(lambda: holding(real, ticket, SUGGESTED))
        assert [internal for internal, said in real.as_agent(ticket) if SUGGESTED in said] == [True]


def test_what_happens_while_nobody_listens_is_not_lost(real: Stand, tmp_path: Path) -> None:
    with serving(real, tmp_path) as first:
        before = asked(real)
        eventually(lambda: holding(real, before, ANSWERED))
        first.stop()
        ticket = asked(real)  # the desk finds nobody
    with serving(real, tmp_path):
        eventually(lambda: holding(real, ticket, ANSWERED))
    assert holding(real, before, ANSWERED) == 1
    assert holding(real, ticket, ANSWERED) == 1


def test_what_is_told_again_and_again_is_done_once(real: Stand, tmp_path: Path) -> None:
    with serving(real, tmp_path) as service:
        ticket = asked(real)
        statuses = {delivered(real, service.url, telling(real, ticket)) for _ in range(10)}
        eventually(lambda: holding(real, ticket, ANSWERED))
        statuses |= {delivered(real, service.url, telling(real, ticket)) for _ in range(5)}
        time.sleep(2)  # in which a second answer would come

    assert statuses == {202}
    assert holding(real, ticket, ANSWERED) == 1


def test_what_is_not_signed_or_is_too_old_is_refused(real: Stand, tmp_path: Path) -> None:
    with serving(real, tmp_path) as service:
        said = {"never": "looked at"}
        forged = delivered(real, service.url, said, secret="another secret of theirs")  # noqa: S106
        replayed = delivered(real, service.url, said, at=time.time() - 301)
        ahead = delivered(real, service.url, said, at=time.time() + 301)
        unreadable = delivered(real, service.url, said)
        unsigned = service.post(f"/hooks/{real.name}", said)[0]
        unknown = service.post("/hooks/zendesk", said)[0]

    assert (forged, replayed, ahead, unsigned) == (401, 401, 401, 401)
    assert (unreadable, unknown) == (400, 404)
