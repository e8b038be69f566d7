"""Small content folders for tests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Protocol

import pytest
from hypothesis import settings

from bot.knowledge import KnowledgeBase
from bot.knowledge.read import read
from tests.databases import KINDS, database

settings.register_profile("busy machine", deadline=None)  # tests share the processors; time is tested where it matters
settings.register_profile("gate", deadline=None, derandomize=True, database=None)  # the same examples at every run
settings.load_profile("gate" if os.environ.get("FAQBOT_TEST_REPEATABLE") else "busy machine")

HOURS = {
    "intents/hours.yaml": """\
topic: hours
title: Opening hours
intents:
  opening_hours:
    title: When are you open?
    phrasings:
      - what are your hours
  holidays:
    title: Are you open on holidays?
    phrasings:
      - is there anybody at christmas
""",
    "answers/hours.yaml": """\
topic: hours
answers:
  opening_hours:
    short: From nine to five.
    text: We are open from nine to five.
    follow_ups: [holidays]
  holidays:
    short: No.
    text: We are closed on public holidays.
""",
}


class BuildContent(Protocol):
    """Writes a folder of a topic with two intents; `files` replace it, or stand beside it, by their paths."""

    def __call__(self, files: Mapping[str, str | bytes] = {}) -> Path: ...


class BuildKB(Protocol):
    """Reads a base of one topic from the intents written out; answers, where none are given, are made up."""

    def __call__(self, intents: str, *, answers: str = "", lexicon: str = "", documents: str = "") -> KnowledgeBase: ...


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, SQLite and PostgreSQL in turn."""
    with database(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def content(tmp_path: Path) -> BuildContent:
    def build(files: Mapping[str, str | bytes] = {}) -> Path:
        return write(tmp_path, {**HOURS, **files})

    return build


@pytest.fixture
def kb(tmp_path: Path) -> BuildKB:
    def build(intents: str, *, answers: str = "", lexicon: str = "", documents: str = "") -> KnowledgeBase:
        intents = dedent(intents)
        if not answers:
            names = re.findall(r"^(\w+):", intents, flags=re.MULTILINE)
            answers = "".join(f"{name}: {{short: Yes., text: Yes indeed.}}\n" for name in names)
        files = {
            "intents/topic.yaml": "topic: topic\ntitle: A topic\nintents:\n" + indent(intents, "  "),
            "answers/topic.yaml": "topic: topic\nanswers:\n" + indent(dedent(answers), "  "),
        }
        if lexicon:
            files["intents/lexicon.yaml"] = dedent(lexicon)
        if documents:
            files["answers/documents.yaml"] = "documents:\n" + indent(dedent(documents), "  ")
        found, problems = read(write(tmp_path, files))
        assert problems == []
        return found

    return build


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, and give the folder back."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root
