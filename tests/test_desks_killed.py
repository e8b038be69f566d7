"""Many events through the queue, with the process killed three times: each is dealt with once, as the desk sees it.

FAQBOT_TEST_EVENTS sets how many; without it a few, as the gate runs it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from bot.record.inbox import Inbox
from tests.desks.machinery import run
from tests.desks.stands import NAMES, Django, Stand, eventually, letter, stand
from tests.processes import Served
from tests.test_desks_faults import SUGGESTED, serving
from tests.web import QUESTION

pytestmark = pytest.mark.slow
USUAL = {"rt": 8, "django_helpdesk": 40}
KILLS = 3
CLAIM = 180  # seconds that a claim outlives whoever was killed
EACH = 20  # seconds for an event, on a busy machine


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_dealt_with_once_though_the_process_is_killed_three_times(name: str, tmp_path: Path) -> None:
    real, number = stand(name), int(os.environ.get("FAQBOT_TEST_EVENTS") or USUAL[name])
    run_of_it = uuid4().hex[:8]
    customers = [f"many-{run_of_it}-{at}@customer.test" for at in range(number)]
    began, left = time.monotonic(), KILLS
    with serving(real, tmp_path, FAQBOT_DESK_ANSWERS="") as service:
        write(real, customers)
        kill_after(service, tmp_path, number // (KILLS + 1), number)
        left -= 1
    while left:
        with serving(real, tmp_path, FAQBOT_DESK_ANSWERS="") as service:
            kill_after(service, tmp_path, (KILLS - left + 1) * number // (KILLS + 1), number)
            left -= 1
    with serving(real, tmp_path, FAQBOT_DESK_ANSWERS=""):
        eventually(lambda: done(tmp_path) >= number and not done(tmp_path, left=True), CLAIM + EACH * number, 2.0)
        time.sleep(5)  # in which a second note would come

    found = notes(real, run_of_it)
    print(f"{name}: {number} events, {KILLS} kills, {time.monotonic() - began:.0f} s: {Counter(found.values())}")  # noqa: T201
    assert len(found) == number
    assert set(found.values()) == {1}


def kill_after(service: Served, folder: Path, number: int, of: int) -> None:
    """Kill the process once so many events are dealt with; it is in the middle of the next one."""
    eventually(lambda: done(folder) >= number, CLAIM + EACH * of, 0.3)
    service.process.kill()
    service.process.wait()


def done(folder: Path, *, left: bool = False) -> int:
    """How many events the queue holds for dealt with, or not; asking the desk would keep it from its work."""
    with Inbox.open(f"sqlite:///{folder / 'log.db'}") as inbox:
        return sum(one.waiting if left else one.done for one in inbox.counts())


def write(real: Stand, customers: Sequence[str]) -> None:
    """Have all customers write."""
    if not isinstance(real, Django):
        for customer in customers:
            real.mail(customer, QUESTION)
        return
    for customer in customers:
        path = Path(real.known["mails"]) / uuid4().hex
        path.write_bytes(letter(customer, QUESTION, "a question", {}))
    site = {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": real.known["site"], "HOME": real.known["folder"]}
    run(real.known["admin"], "get_email", **site)


def notes(real: Stand, run_of_it: str) -> Counter[str]:
    """How many suggestions every ticket of this run has, by ticket."""
    found: Counter[str] = Counter()
    for ticket, texts in real.tickets_of(f"many-{run_of_it}-"):
        found[ticket] = sum(SUGGESTED in text for text in texts)
    return found
