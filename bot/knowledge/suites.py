"""Question suites: what people ask, and what the bot must make of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.parse import read_yaml
from bot.knowledge.source import Fields
from bot.knowledge.values import Place

NOTHING = "nothing"  # must be declined, or asked back without an answer
ANY_SAFETY = "safety"  # in `must_not`: no safety reply at all


@dataclass(frozen=True, slots=True)
class Question:
    """A message and what is right for it: one of `intents`, a safety category, a decline; or only what is wrong."""

    question: str
    intents: tuple[str, ...] = ()  # any of them is right; (NOTHING,) for a decline; empty where all but must_not is
    safety: str = ""
    must_not: tuple[str, ...] = ()
    known_miss: str = ""
    style: str = ""
    like: str = ""
    suite: str = ""
    place: Place = field(default=Place(Path(), 0), compare=False)


def read_suites(paths: list[Path]) -> tuple[list[Question], list[Problem]]:
    """The questions of suite files and folders (with all below them), in order, and every problem in them."""
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
    questions = [_question(fields, name) for fields in file.records("questions")]
    file.node("dialogues")
    file.finish()
    return questions


def _question(fields: Fields, suite: str) -> Question:
    expected = fields.node("intent")
    intents: tuple[str, ...] = ()
    safety = ""
    if expected is not None and isinstance(expected.value, dict):
        wanted = fields.child("intent")
        if wanted is not None:
            safety = wanted.text("safety", required=True)
            wanted.finish()
    elif expected is not None and isinstance(expected.value, list):
        intents = tuple(text for text, _ in fields.items(expected, "'intent'"))
    elif expected is not None:
        intents = (fields.scalar(expected, "'intent'"),)
    question = Question(
        question=fields.text("question", required=True),
        intents=intents,
        safety=safety,
        must_not=tuple(text for text, _ in fields.texts("must_not")),
        known_miss=fields.text("known_miss"),
        style=fields.text("style"),
        like=fields.text("like"),
        suite=suite,
        place=Place(fields.path, fields.line),
    )
    if not (intents or safety or question.must_not):
        fields.problem("expects nothing: give 'intent' or 'must_not'")
    fields.finish()
    return question
