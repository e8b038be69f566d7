"""From a folder of YAML to a knowledge base, or to every problem in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.examples import ALARM_PHRASINGS, REFUSAL_PHRASINGS
from bot.knowledge.limits import LIMITS, Calibration, hash_of, read_calibration
from bot.knowledge.parse import read_yaml
from bot.knowledge.records import read_entity, read_entry, read_intent
from bot.knowledge.rules import Safety, read_safety
from bot.knowledge.source import Fields
from bot.knowledge.values import (
    HASH_DIGITS,
    Document,
    Entry,
    Intent,
    KnowledgeBase,
    Lexicon,
    Topic,
    shipped,
)

LEXICON, DOCUMENTS, VOICE = "lexicon.yaml", "documents.yaml", "bot.yaml"
ALARMS, REFUSALS = "alarms.yaml", "refusals.yaml"
REGIONS = "regions.yaml"
OF_ONE_CONTENT = (REFUSALS, REFUSAL_PHRASINGS)  # what a content refuses is its own affair
SAFETY_FILES = tuple(f"{folder}/{name}" for folder in ("intents", "answers") for name in (ALARMS, REFUSALS, REGIONS))
SAFETY_FILES += tuple(f"intents/{name}" for name in (ALARM_PHRASINGS, REFUSAL_PHRASINGS))
NOT_TOPICS = {
    "intents": frozenset({LEXICON, ALARMS, REFUSALS, ALARM_PHRASINGS, REFUSAL_PHRASINGS, LIMITS}),
    "answers": frozenset({DOCUMENTS, VOICE, ALARMS, REFUSALS, REGIONS}),
}


class Reader:
    """Reads the files of one content folder and collects what is wrong with them."""

    def __init__(self, root: Path, shipped: Path) -> None:
        self.root = root
        self.shipped = shipped  # its bot.yaml and the like stand in for files that a folder lacks
        self.problems: list[Problem] = []
        self.warnings: list[str] = []
        self._digest = hashlib.sha256()

    def read(self) -> KnowledgeBase:
        """The base as far as it can be read; what is wrong stands in `problems`."""
        for folder in ("intents", "answers"):
            if not (self.root / folder).is_dir():
                self.report(Problem(self.root / folder, 0, "is missing: a content folder holds intents/ and answers/"))
        topics, intents = self._intents()
        lexicon = self._lexicon()
        return KnowledgeBase(
            intents=intents,
            entries=self._entries(intents),
            topics=topics,
            lexicon=lexicon,
            documents=self._documents(),
            voice=self.voice(),
            safety=self.safety(),
            calibration=self._calibration(intents, lexicon),
            hash=self._digest.hexdigest()[:HASH_DIGITS],
            warnings=tuple(self.warnings),
        )

    def report(self, problem: Problem) -> None:
        """Take note of a problem; reading goes on."""
        self.problems.append(problem)

    def fields(self, path: Path) -> Fields | None:
        """The top mapping of a file; None after its problem was reported."""
        root = read_yaml(path, self.report)
        if root is None:
            return None
        self._digest.update(path.name.encode() + b"\0" + path.read_bytes())
        return Fields(path, root, self.report)

    def shared(self, folder: str, name: str) -> Path:
        """A file of the folder, or the one that ships where the folder lacks it."""
        own = self.root / folder / name
        return own if own.exists() else self.shipped / folder / name

    def _topic_files(self, folder: str) -> Iterator[Path]:
        for path in sorted((self.root / folder).glob("*.y*ml")):
            if path.suffix == ".yml":
                self.report(Problem(path, 0, f"content files end in .yaml: rename it to {path.stem}.yaml"))
            elif path.name in NOT_TOPICS[folder]:
                continue
            elif other := next((one for one, names in NOT_TOPICS.items() if path.name in names), ""):
                self.report(Problem(path, 0, f"is not read here: move it to {other}/"))
            else:
                yield path

    def _intents(self) -> tuple[dict[str, Topic], dict[str, Intent]]:
        topics: dict[str, Topic] = {}
        intents: dict[str, Intent] = {}
        for path in self._topic_files("intents"):
            if not (self.root / "answers" / path.name).exists():
                self.report(Problem(path, 0, f"has no partner: write answers/{path.name}, an entry for each intent"))
            file = self.fields(path)
            if file is None:
                continue
            topic = self._topic_id(file)
            topics[topic] = Topic(topic, file.text("title", required=True))
            for name, fields in file.mappings("intents", required=True):
                if name in intents:
                    first = intents[name].place
                    fields.problem(f"intent {name!r} stands in {first.path.name}, line {first.line}, too: rename one")
                else:
                    intents[name] = read_intent(name, topic, fields)
            file.finish()
        if not intents and not self.problems:
            self.report(Problem(self.root / "intents", 0, "holds no intents: write a topic file, such as hours.yaml"))
        return topics, intents

    def _topic_id(self, file: Fields) -> str:
        topic = file.text("topic", required=True)
        if topic and topic != file.path.stem:
            file.problem(f"topic {topic!r} must be named as its file, {file.path.stem!r}", file.line_of("topic"))
        return file.path.stem

    def _entries(self, intents: Mapping[str, Intent]) -> dict[str, Entry]:
        entries, unread = dict[str, Entry](), set[str]()  # and the topics whose entries nobody can tell
        for path in self._topic_files("answers"):
            if not (self.root / "intents" / path.name).exists():
                self.report(Problem(path, 0, f"has no partner: write intents/{path.name}, or rename this file"))
            file = self.fields(path)
            if file is None:
                unread.add(path.stem)
                continue
            topic = self._topic_id(file)
            for name, fields in file.mappings("answers", required=True):
                entries[name] = read_entry(name, fields)
                if name not in intents:
                    fields.problem(f"{name!r} is no intent: add it to intents/{path.name}, or mend the name")
                elif intents[name].topic != topic:
                    fields.problem(f"{name!r} is an intent of {intents[name].topic}.yaml: move its entry there")
            file.finish()
        for name, intent in intents.items():
            if (
                name not in entries
                and intent.topic not in unread
                and (self.root / "answers" / f"{intent.topic}.yaml").exists()
            ):
                message = f"{name!r} has no entry: add it to answers/{intent.topic}.yaml"
                self.report(Problem(intent.place.path, intent.place.line, message))
        return entries

    def _lexicon(self) -> Lexicon:
        file = self.existing(self.root / "intents" / LEXICON)
        if file is None:
            return Lexicon()
        entities = {name: read_entity(name, fields) for name, fields in file.mappings("entities")}
        synonyms = file.node("synonyms")
        groups: list[tuple[str, ...]] = []
        if synonyms is not None and not isinstance(synonyms.value, list):
            file.problem("'synonyms' must be a list of lists", synonyms.line)
        elif synonyms is not None and isinstance(synonyms.value, list):
            groups = [tuple(text for text, _ in file.items(node, "a group of synonyms")) for node in synonyms.value]
        slips = file.node("slips")
        repaired: dict[str, str] = {}
        if slips is not None and isinstance(slips.value, dict):
            repaired = {wrong: file.scalar(node, repr(wrong)) for wrong, node in slips.value.items()}
        elif slips is not None:
            file.problem("'slips' must be a mapping of misspelling: word", slips.line)
        file.finish()
        return Lexicon(entities, tuple(groups), repaired)

    def _documents(self) -> dict[str, Document]:
        file = self.existing(self.root / "answers" / DOCUMENTS)
        if file is None:
            return {}
        documents = {}
        for name, fields in file.mappings("documents"):
            sections = tuple(text for text, _ in fields.texts("sections"))
            documents[name] = Document(name, fields.text("label", required=True), fields.text("kind"), sections)
            fields.finish()
        file.finish()
        return documents

    def _calibration(self, intents: Mapping[str, Intent], lexicon: Lexicon) -> Calibration | None:
        """The limits that an owner derived; a warning where they rest on other phrasings."""
        file = self.existing(self.root / "intents" / LIMITS)
        found = read_calibration(file) if file else None
        if file and found and found.of != hash_of(intents.values(), lexicon):
            self.warnings.append(f"{file.path}: phrasings or lexicon have changed since: run `faqbot calibrate` again")
        return found

    def voice(self) -> dict[str, str]:
        """The bot's own words: those of the folder, and those that ship for what it leaves out."""
        file = self.fields(self.shared("answers", VOICE))
        if file is None:
            return {}
        voice = {key: file.text(key, required=True) for key in file.names()}
        own = self.root / "answers" / VOICE
        if own.exists() and self.shipped != self.root:  # an owner may change some lines and keep the others
            shipped = read_yaml(self.shipped / "answers" / VOICE, self.report)
            if shipped is not None and isinstance(shipped.value, dict):
                for unknown in voice.keys() - shipped.value.keys():
                    known = ", ".join(sorted(shipped.value))
                    file.problem(f"{unknown!r} is not a line of the bot: the keys are {known}", file.line_of(unknown))
                voice = {key: str(node.value).strip() for key, node in shipped.value.items()} | voice
        return voice

    def safety(self) -> Safety | None:
        """The rules and replies of safety; None where the owner switched the alarms off."""
        own = self.root / "intents" / ALARMS
        file = self.existing(own)
        if file is not None and file.text("alarms") == "off":
            self.warnings.append(f"{own}: alarms are off: people in danger get no numbers from this bot")
            return None
        if self.root != self.shipped and not any((self.root / place).exists() for place in SAFETY_FILES):
            return shipped_safety()
        return read_safety(self._safety_file)

    def _safety_file(self, folder: str, name: str) -> Fields | None:
        """A file of safety: the folder's own, else the one that ships; refusals belong to one content alone."""
        return self.existing(self.root / folder / name if name in OF_ONE_CONTENT else self.shared(folder, name))

    def existing(self, path: Path) -> Fields | None:
        """The top mapping of a file that may be missing."""
        return self.fields(path) if path.exists() else None


def read(root: Path) -> tuple[KnowledgeBase, list[Problem]]:
    """Read `root/intents/*.yaml` and `root/answers/*.yaml`: the base, as far as it goes, and every problem."""
    reader = Reader(root, shipped())
    return reader.read(), reader.problems


@cache
@cache
def shipped_voice() -> dict[str, str]:
    """The bot's own words that ship."""
    return Reader(shipped(), shipped()).voice()


@cache
def shipped_safety() -> Safety | None:
    """The alarms that ship, without the refusals, which belong to the content that ships."""
    reader = Reader(shipped(), shipped())
    return read_safety(
        lambda folder, name: None if name in OF_ONE_CONTENT else reader.existing(shipped() / folder / name)
    )
