"""What the log says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import Bot
from bot.interval import binomial_interval
from bot.knowledge import KnowledgeBase
from bot.record import Turn
from bot.stats import Report, Row, Share, told
from bot.stats.page import page

NOW = datetime(2026, 3, 31, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=20)
VOID = {"area", "br", "hr", "img", "input", "link", "meta"}


@pytest.fixture(scope="module")
def shipped() -> KnowledgeBase:
    return Bot.load().kb


def row(number: int = 1, *, after: timedelta = timedelta(), helpful: bool | None = None, **values: Any) -> Row:
    """An answered question of one person, 20 days ago, unless said otherwise."""
    usual: dict[str, Any] = {"turn": f"t{number}", "channel": "web", "kb": "0" * 16, "milliseconds": 4.0}
    usual |= {"kind": "answer", "intents": ("ketamine_is_opioid",), "scores": (90.0,), "person": "ada"}
    turn = Turn(time=LONG_AGO + after, **usual | values)
    return asdict(turn) | {"helpful": helpful, "comment": None}


def handed_over(turn: str, after: timedelta = timedelta()) -> Row:
    return {"turn": turn, "time": LONG_AGO + after, "reason": "asked", "result": "ticket"}


def report(kb: KnowledgeBase, *rows: Row, handovers: Iterable[Row] = ()) -> Report:
    return told(rows, handovers, kb, NOW)


def test_questions_are_counted_by_what_came_of_them_and_small_talk_is_none(shipped: KnowledgeBase) -> None:
    found = report(
        shipped,
        row(1),
        row(2, kind="clarify", intents=(), near=("k_hole", "ketamine_is_opioid")),
        row(3, kind="decline", intents=(), near=("ketamine_is_opioid",)),
        row(4, kind="safety", intents=("dosing",), scores=()),
        row(5, intents=("greeting",)),
    )

    assert (found.turns, found.questions) == (5, 4)
    assert found.kinds == {"answer": 1, "clarify": 1, "decline": 1, "safety": 1}
    assert found.safety == {"dosing": 1}
    assert found.days == {date(2026, 3, 11): {"answer": 1, "clarify": 1, "decline": 1, "safety": 1}}


def test_topics_and_intents_have_what_was_answered_offered_and_nearly_given(shipped: KnowledgeBase) -> None:
    found = report(
        shipped,
        row(1, helpful=True),
        row(2, kind="clarify", intents=(), near=("ketamine_is_opioid", "k_hole")),
        row(3, kind="decline", intents=(), near=("ketamine_is_opioid",)),
        row(4, intents=("an_intent_that_is_gone",)),
    )

    [first, gone] = found.intents
    assert (first.id, first.answered, first.clarified, first.declined, first.helpful) == (
        "ketamine_is_opioid",
        1,
        1,
        1,
        1,
    )
    assert (gone.title, gone.answered) == ("no longer in the content", 1)
    assert [line.title for line in found.topics][:1] == [shipped.topics["classification"].title]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RESOLVED = (1, 1)
UNRESOLVED = (0, 1)


@pytest.mark.parametrize(
    ("rows", "handovers", "expected"),
    [
        ([row(1)], [], RESOLVED),
        ([row(1, helpful=True)], [], RESOLVED),
        ([row(1, helpful=False)], [], UNRESOLVED),
        ([row(1), row(2, after=DAY)], [], (1, 2)),  # asked again: the first was not resolved
        ([row(1), row(2, after=DAY, person="bob")], [], (2, 2)),  # by somebody else
        ([row(1, conversation="c"), row(2, after=DAY, conversation="d")], [], (1, 2)),  # in another conversation
        ([row(1), row(2, after=7 * DAY)], [], (2, 2)),  # too late to be a repeat
        ([row(1), row(2, after=DAY, intents=("k_hole",))], [], (2, 2)),  # something else
        ([row(1), row(2, after=HOUR, scores=())], [], (2, 2)),  # "more", or a click
        ([row(1), row(2, after=DAY, kind="decline", intents=(), handover="asked")], [], UNRESOLVED),  # wants a person
        ([row(1), row(2, after=DAY, kind="decline", intents=())], [], RESOLVED),
        ([row(1)], [handed_over("t1", HOUR)], UNRESOLVED),
        ([row(1), row(2, after=DAY, kind="safety", intents=("dosing",))], [handed_over("t2", DAY)], UNRESOLVED),
        ([row(1)], [handed_over("t1", 8 * DAY)], RESOLVED),
        ([row(1), row(2, after=HOUR, intents=("human_handoff",), handover="asked")], [], UNRESOLVED),
        ([row(1, person=None)], [], (0, 0)),  # nobody knows what came after
        ([row(1, person=None, conversation="c")], [], RESOLVED),
        ([row(1, kind="decline", intents=())], [], (0, 0)),
    ],
)  # fmt: skip
def test_a_question_is_resolved_where_nothing_more_came_of_it(
    shipped: KnowledgeBase, rows: list[Row], handovers: list[Row], expected: tuple[int, int]
) -> None:
    found = report(shipped, *rows, handovers=handovers)

    assert (found.resolved.hits, found.resolved.n) == expected
    assert found.open == 0


def test_what_may_yet_turn_out_not_to_be_resolved_is_counted(shipped: KnowledgeBase) -> None:
    assert report(shipped, row(1, after=15 * DAY), row(2, person="bob")).open == 1


def test_the_bounds_of_a_share_are_exact() -> None:
    assert str(Share(97, 100)) == "97.0 % (97 of 100; 95 % sure of 91.5 % to 99.4 %)"
    assert str(Share(0, 0)) == "–"


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_where_the_tails_come_to_a_fortieth(counted: tuple[int, int]) -> None:
    hits, n = counted
    low, high = binomial_interval(hits, n)

    def at_most(most: int, share: float) -> float:
        terms = 1.0
        total = 0.0
        for k in range(n + 1):
            if k:
                terms = terms * (n - k + 1) / k
            total += terms * share**k * (1 - share) ** (n - k) if k <= most else 0.0
        return total

    assert hits == 0 or 1 - at_most(hits - 1, low) == pytest.approx(0.025, abs=1e-9)
    assert hits == n or at_most(hits, high) == pytest.approx(0.025, abs=1e-9)


def test_the_interval_of_a_million_is_found() -> None:
    assert binomial_interval(500_000, 1_000_000) == pytest.approx((0.49902, 0.50098), abs=1e-5)


def test_latencies_are_those_of_the_nearest_rank(shipped: KnowledgeBase) -> None:
    rows = [row(number, milliseconds=float(number)) for number in range(1, 101)]

    assert report(shipped, *rows).latency == (50, 95, 99)


def test_a_log_without_turns_has_a_report(shipped: KnowledgeBase) -> None:
    found = report(shipped)

    assert (found.turns, found.questions, str(found.resolved), found.latency) == (0, 0, "–", (0, 0, 0))
    assert "<svg" in page(found)


class Elements(HTMLParser):
    """The elements of a page, and those that were not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_runs_nothing_and_loads_nothing(shipped: KnowledgeBase) -> None:
    evil = "<script>alert(1)</script>"
    elements = Elements()

    elements.feed(page(report(shipped, row(1), row(2, after=3 * DAY, kind="safety", intents=(evil,)))))

    assert elements.open == []
    assert elements.seen & {"script", "link", "img", "iframe", "object"} == set()
    assert not [name for name, _ in elements.attributes if name.startswith("on") or name in ("src", "href")]
    assert {"svg", "table", "rect", "style"} <= elements.seen


def test_a_report_is_json(shipped: KnowledgeBase) -> None:
    values = report(shipped, row(1)).to_dict()

    assert values["resolved"] == {"hits": 1, "n": 1, "share": 1.0, "low": pytest.approx(0.025), "high": 1.0}
    assert values["days"] == {"2026-03-11": {"answer": 1}}
    assert values["intents"][0]["id"] == "ketamine_is_opioid"


def test_deflected_is_who_got_an_answer_and_no_ticket_within_seven_days(shipped: KnowledgeBase) -> None:
    rows = [row(number, person=str(number)) for number in range(4)]
    passed_on = [
        {**handed_over("t1", timedelta(days=1)), "result": "opened"},
        {**handed_over("t2", timedelta(days=1)), "result": "failed"},
        {**handed_over("t3", timedelta(days=8)), "result": "opened"},
    ]

    assert report(shipped, *rows, handovers=passed_on).deflected == Share(3, 4)
