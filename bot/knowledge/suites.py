"""Question suites: what people ask, alone or in a dialogue, and what the bot must make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.parse import read_yaml
from bot.knowledge.source import Fields, Node
from bot.knowledge.values import Place

NOTHING = "nothing"  # must be declined, or asked back without an answer
ANY_SAFETY = "safety"  # in `must_not`: no safety reply at all


@dataclass(frozen=True, slots=True)
class Question:
    """A message and what is right for it: one of `intents`, a safety category, a decline; or only what is wrong.

    Of several questions in one message, `parts` has what is right for each, in order.
    """

    question: str
    intents: tuple[str, ...] = ()  # any of them is right; (NOTHING,) for a decline; empty where all but must_not is
    safety: str = ""
    parts: tuple[tuple[str, ...], ...] = ()
    handover: bool = False  # whether a person must be offered to take over
    must_not: tuple[str, ...] = ()
    known_miss: str = ""
    style: str = ""
    like: str = ""
    before: tuple[str, ...] = ()  # what was said before it, in a dialogue
    suite: str = ""
    place: Place = field(default=Place(Path(), 0), compare=False)


def read_suites(paths: list[Path]) -> tuple[list[Question], list[Problem]]:
    """The questions of suite files and folders (with all below them), in order, and every problem in them.

    The turns of a dialogue are questions with what was said before.
    """
    problems: list[Problem] = []
    questions: list[Question] = []
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            root = read_yaml(file, problems.append)
            if root is not None:
                questions += _suite(Fields(file, root, problems.append))
    return questions, problems


def _suite(file: Fields) -> list[Question]:
    name = file.text("suite") or file.path.stem
    questions = [_question(fields, "question", name, ()) for fields in file.records("questions")]
    for dialogue in file.records("dialogues"):
        dialogue.text("name", required=True)
        questions += _turns(dialogue, name)
        dialogue.finish()
    file.finish()
    return questions


def _turns(dialogue: Fields, suite: str) -> Iterator[Question]:
    before: tuple[str, ...] = ()
    for fields in dialogue.records("turns"):
        question = _question(fields, "say", suite, before)
        before = (*before, question.question)
        yield question


def _question(fields: Fields, key: str, suite: str, before: tuple[str, ...]) -> Question:
    expected, parts = fields.node("intent"), fields.node("parts")
    safety = ""
    if expected is not None and isinstance(expected.value, dict):
        wanted = fields.child("intent")
        if wanted is not None:
            safety = wanted.text("safety", required=True)
            wanted.finish()
    question = Question(
        question=fields.text(key, required=True),
        intents=() if expected is None or safety else _any_of(fields, expected, "'intent'"),
        safety=safety,
        parts=() if parts is None else _parts(fields, parts),
        handover=fields.flag("handover", default=False),
        must_not=tuple(text for text, _ in fields.texts("must_not")),
        known_miss=fields.text("known_miss"),
        style=fields.text("style"),
        like=fields.text("like"),
        before=before,
        suite=suite,
        place=Place(fields.path, fields.line),
    )
    if not (question.intents or safety or question.must_not or question.parts or question.handover):
        fields.problem("expects nothing: give 'intent', 'parts', 'handover' or 'must_not'")
    fields.finish()
    return question


def _any_of(fields: Fields, node: Node, name: str) -> tuple[str, ...]:
    """One intent, or several of which any is right."""
    if isinstance(node.value, list):
        return tuple(text for text, _ in fields.items(node, name))
    return () if isinstance(node.value, dict) else (fields.scalar(node, name),)


def _parts(fields: Fields, node: Node) -> tuple[tuple[str, ...], ...]:
    if not isinstance(node.value, list):
        fields.problem("'parts' must be a list: what is right for each question, in order", node.line)
        return ()
    return tuple(_any_of(fields, part, "an item of 'parts'") for part in node.value)
