"""A burst of mentions in many channels, with what goes wrong in Slack meanwhile: is each answered exactly once?

python -m benchmarks.slack [--mentions 500] [--seconds 60] [--channels 20] [--seed 1]

Runs `faqbot slack` as a process, by Socket Mode, in front of the strict fake of the tests. The fake takes one message a
second in a channel, as Slack does, and answers 429 beyond that; besides, a share of posts is refused with a Retry-After
of 1 to 5 seconds whatever their pace. A tenth of the events is sent twice or three times, some with another event id;
half-way the connection is closed, with Slack's notice, and at two thirds without. Every two seconds somebody clicks.
"""

from __future__ import annotations

import argparse
import copy
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.engine import Bot
from bot.knowledge.suites import read_suites
from tests.slack.fake import FakeSlack
from tests.slack.process import running
from tests.slack.shapes import Shape, click, mention

ROOT = Path(__file__).parents[1]
LIMITED = 0.1  # share of mentions after which the next post in their channel is refused
AGAIN = 0.1  # share of events that are sent again
CLICK_EVERY = 2.0  # seconds
PATIENCE = 180.0  # seconds from the first mention, in which all must be answered


class Run(NamedTuple):
    """What was sent in a run, and what came of it."""

    mentions: int
    sent: int  # events, with those that were sent again
    limited: int  # answers 429
    posted: Counter[str]  # messages, by the thread that they were posted in
    waits: Sequence[float]  # seconds from a mention to its answer
    clicks: Sequence[float]  # seconds from a click to its acknowledgement
    seconds: float  # from the first mention to the last answer

    @property
    def once(self) -> int:
        """Mentions that were answered exactly once."""
        return sum(number == 1 for number in self.posted.values())


def run(
    slack: FakeSlack, questions: Sequence[str], *, mentions: int, seconds: float, channels: int, seed: int,
    after: float = 5.0,
) -> Run:  # fmt: skip
    """Send the mentions to a bot that is connected, evenly over so many seconds, and wait for the answers.

    `after`: seconds in which a message that is one too many may still come.
    """
    chance = random.Random(seed)
    names = [f"C{number:03d}" for number in range(channels)]
    slack.members |= {name: {"UBOT", "U111"} for name in names}
    asked: dict[str, float] = {}  # thread -> when it was asked
    clicks: list[float] = []
    stop = threading.Event()
    clicking = threading.Thread(target=_click, args=(slack, clicks, stop))
    clicking.start()
    sent, began = 0, time.monotonic()
    for number in range(mentions):
        time.sleep(max(0.0, began + number * seconds / mentions - time.monotonic()))
        if number in (mentions // 2, 2 * mentions // 3):
            (slack.disconnect if number == mentions // 2 else slack.cut)()
            slack.socket_opened.wait(60)
        body = mention(slack, chance.choice(questions), channel=chance.choice(names))
        asked[body["event"]["ts"]] = time.monotonic()
        if chance.random() < LIMITED:
            _limit(slack, body["event"]["channel"], chance.randint(1, 5))
        for again, copied in enumerate(_copies(body, chance)):
            slack.send("events_api", copied, retry=again)
            sent += 1
    _wait(slack, asked, began + PATIENCE)
    time.sleep(after)
    stop.set()
    clicking.join()
    calls = [call for call in slack.calls if call.method == "chat.postMessage"]
    made = [call for call in calls if call.ok and call.args.get("thread_ts") in asked]
    answered = {call.args["thread_ts"]: call.at for call in reversed(made)}
    posted = Counter(dict.fromkeys(asked, 0))
    posted.update(call.args["thread_ts"] for call in made)
    waits = sorted(answered[thread] - at for thread, at in asked.items() if thread in answered)
    last = max((answered[thread] for thread in asked if thread in answered), default=began)
    return Run(mentions, sent, sum(call.status == 429 for call in calls), posted, waits, clicks, last - began)


def _questions() -> list[str]:
    """Questions of a suite that are answered, asked back or declined: what raises an alarm goes elsewhere."""
    bot = Bot.load(region="UK")
    found = [one.question for one in read_suites([ROOT / "tests" / "questions" / "risks.yaml"])[0]]
    return [question for question in found if bot.reply(question).kind != "safety"]


def _copies(body: Shape, chance: random.Random) -> list[Shape]:
    """An event as often as it is sent: once, or with one or two more, the last of them as another event."""
    if chance.random() >= AGAIN:
        return [body]
    other = copy.deepcopy(body) | {"event_id": f"{body['event_id']}X"}
    return [body, body, other][: chance.choice((2, 3))]


def _limit(slack: FakeSlack, channel: str, seconds: int) -> None:
    fault: tuple[int, dict[str, str], dict[str, Any]]
    fault = (429, {"Retry-After": str(seconds)}, {"ok": False, "error": "ratelimited"})
    slack.faults.setdefault(f"chat.postMessage {channel}", []).append(fault)


def _click(slack: FakeSlack, took: list[float], stop: threading.Event) -> None:
    """Click now and then, while there is a connection, and note how long the acknowledgement takes."""
    message = {"ts": "1.1", "channel": "C111", "thread_ts": "1.0", "blocks": []}
    button = {"type": "button", "action_id": "faq_feedback", "value": "up:0123456789abcdef"}
    while not stop.wait(CLICK_EVERY):
        if slack.socket_opened.is_set():
            took.append(slack.deliver("interactive", click(slack, message, button))[1])


def _wait(slack: FakeSlack, asked: dict[str, float], until: float) -> None:
    """Wait until every mention has an answer."""
    while time.monotonic() < until:
        posted = {message.get("thread_ts") for message in slack.posts()}
        if asked.keys() <= posted:
            break
        time.sleep(0.2)


def main() -> None:
    """Run once and print what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mentions", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    questions = _questions()
    with FakeSlack(paced=True) as slack, tempfile.TemporaryDirectory() as folder, running(slack, Path(folder)):
        slack.socket_opened.wait(60)
        found = run(
            slack, questions, mentions=args.mentions, seconds=args.seconds, channels=args.channels, seed=args.seed
        )
    half, most = found.waits[len(found.waits) // 2], found.waits[-1]
    print(f"mentions {found.mentions} in {args.seconds:g} s over {args.channels} channels; events sent {found.sent}")
    print(f"answered exactly once: {found.once} of {found.mentions}; answers 429: {found.limited}")
    print(
        f"all answered {found.seconds:.1f} s after the first mention; an answer took {half:.2f} s, at most {most:.1f} s"
    )
    print(f"clicks {len(found.clicks)}: acknowledged within {1000 * max(found.clicks):.0f} ms")


if __name__ == "__main__":
    main()
