"""Sets of questions with their intents: the phrasings that are drawn from them, and the questions that are asked."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

ASKED, ASKED_SEED = 1_000, 3  # test questions of a run, and the seed that picks them


class CorpusError(Exception):
    """A file that is no set of questions; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Phrasings by intent, test questions with the right intent, and questions that no intent answers."""

    name: str
    intents: dict[str, list[str]]
    test: list[tuple[str, str]]
    oos: list[str]

    def drawn(self, k: int | None, seed: int) -> dict[str, list[str]]:
        """At most `k` phrasings of every intent; a seed always draws the same ones. None takes them all."""
        if k is None:
            return self.intents
        return {
            intent: random.Random(f"{seed}:{intent}").sample(phrasings, min(k, len(phrasings)))
            for intent, phrasings in self.intents.items()
        }

    def asked(self) -> list[tuple[str, str]]:
        """The test questions of every run."""
        return random.Random(ASKED_SEED).sample(self.test, min(ASKED, len(self.test)))


def titled(phrasings: dict[str, list[str]]) -> dict[str, list[str]]:
    """The phrasings with every intent's id, as words, before them: its title."""
    return {intent: [intent.replace("_", " "), *examples] for intent, examples in phrasings.items()}


def load(path: Path) -> Corpus:
    """The corpus in a gzip JSON file; raises CorpusError where it is none."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            data = json.load(file)
    except OSError as error:
        raise CorpusError(f"{path} cannot be read as a gzip file: {error}") from None
    except (ValueError, EOFError) as error:
        raise CorpusError(f"{path} holds no JSON: {error}") from None
    if not isinstance(data, dict):
        raise CorpusError(f"{path} must hold an object with 'intents', 'test' and 'oos'")
    intents, test, oos = (data.get(key) for key in ("intents", "test", "oos"))
    if not isinstance(intents, dict) or not intents or not all(_texts(found) and found for found in intents.values()):
        raise CorpusError(f"{path}: 'intents' must be an object of ids, each with a list of phrasings")
    if not isinstance(test, list) or not test or not all(_texts(pair) and len(pair) == 2 for pair in test):
        raise CorpusError(f"{path}: 'test' must be a list of pairs, [question, intent]")
    if unknown := sorted({intent for _, intent in test} - intents.keys()):
        raise CorpusError(f"{path}: 'test' names intents that have no phrasings: {', '.join(unknown[:5])}")
    if not _texts(oos) or not oos:
        raise CorpusError(f"{path}: 'oos' must be a list of questions that no intent answers")
    name = path.name.partition(".")[0]
    return Corpus(name, intents, [(question, intent) for question, intent in test], oos)


def _texts(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
