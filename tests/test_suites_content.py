from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from bot.check import load
from bot.knowledge import KnowledgeBase
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.suites import ANY_SAFETY, NOTHING, Question, read_suites
from bot.matching import phrasings_of
from bot.text import content_stems

FOLDER = Path(__file__).parent / "questions"
SMALL_TALK = "smalltalk"
DIALOGUES = "dialogues"  # begins the names of suites that hold nothing else
MOST_SHARED = 0.5  # of a question's content stems; a question that shares more is easy, and does not count
REMOTE_QUESTIONS = 8  # for every content intent, at least
OUT_OF_SCOPE = 150  # questions to decline, or that must not get a certain answer, at least


@cache
def shipped() -> KnowledgeBase:
    return load()


@cache
def everything() -> tuple[Question, ...]:
    """Every question and every turn of a dialogue of the folder, those of safety apart."""
    found, problems = read_suites(sorted(path for path in FOLDER.rglob("*.yaml") if "safety" not in path.parts))
    assert problems == []
    return tuple(found)


def questions() -> list[Question]:
    """The questions that are asked by themselves."""
    return [question for question in everything() if not question.suite.startswith(DIALOGUES)]


@cache
def phrasing_stems() -> tuple[frozenset[str], ...]:
    """The content stems of every phrasing and title of the base."""
    intents = shipped().intents.values()
    return tuple(frozenset(content_stems(phrasing)) for intent in intents for phrasing in phrasings_of(intent))


def share(question: str) -> float:
    """The share of a question's content stems that the nearest phrasing or title of the base has."""
    own = set(content_stems(question))
    return max(len(own & stems) for stems in phrasing_stems()) / max(1, len(own))


def test_every_question_names_only_what_exists() -> None:
    known = {*shipped().intents, *CATEGORIES, NOTHING}
    unknown = [
        (question.place, name)
        for question in everything()
        for name in (*question.intents, *sum(question.parts, ()), *filter(None, [question.safety]), *question.must_not)
        if name not in known and not (name == ANY_SAFETY and name in question.must_not)
    ]

    assert unknown == []


def test_nothing_is_asked_for_and_forbidden_at_once() -> None:
    contradicting = [q.place for q in questions() if {*q.intents, q.safety} & set(q.must_not) - {""}]

    assert contradicting == []


def test_every_content_intent_has_questions_that_are_far_from_its_phrasings() -> None:
    kb = shipped()
    remote = Counter(
        name
        for question in questions()
        for name in question.intents
        if name in kb.intents and content_stems(question.question) and share(question.question) <= MOST_SHARED
    )
    few = {
        intent.id: remote[intent.id]
        for intent in kb.intents.values()
        if intent.topic != SMALL_TALK and remote[intent.id] < REMOTE_QUESTIONS
    }

    assert few == {}


def test_many_questions_are_to_be_declined_or_must_not_get_a_certain_answer() -> None:
    out_of_scope = [q for q in questions() if q.intents == (NOTHING,) or q.must_not]

    assert len(out_of_scope) >= OUT_OF_SCOPE


def test_no_question_is_asked_twice() -> None:
    asked = Counter(" ".join(q.question.lower().split()) for q in questions())

    assert [question for question, times in asked.items() if times > 1] == []


def test_every_known_miss_says_why() -> None:
    assert [q.place for q in questions() if q.known_miss and len(q.known_miss.split()) < 2] == []
