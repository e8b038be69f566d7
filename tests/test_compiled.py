from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.compiled import KEPT, fetched, fingerprint
from bot.engine import Bot
from bot.errors import ContentError
from tests.conftest import BuildContent, write

ROOT = Path(__file__).parents[1]
QUIET = {"intents/alarms.yaml": "alarms: off\n"}  # what ships is long to read


class Maker:
    """Makes lists, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return [self.times]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "base", {"intents/hours.yaml": "topic: hours\n"})


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "faqbot"


def copies(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.pickle"))


def test_what_was_made_once_is_read_from_its_copy(folder: Path, cache: Path) -> None:
    make = Maker()

    assert [fetched(cache, [folder], list, make) for _ in range(3)] == [[1], [1], [1]]
    assert len(copies(cache)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("intents/hours.yaml", "topic: other\n"),
        ("intents/added.yaml", "topic: added\n"),
        ("answers/hours.yaml", "topic: hours\n"),
    ],
)
def test_a_copy_of_other_content_is_not_used(folder: Path, cache: Path, name: str, text: str) -> None:
    make = Maker()
    fetched(cache, [folder], list, make)
    write(folder, {name: text})

    assert fetched(cache, [folder], list, make) == [2]


def test_an_empty_folder_beside_another_is_not_taken_for_the_other_alone(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    assert fingerprint((empty, folder)) != fingerprint((folder, folder))


def test_content_that_returns_finds_its_copy_again(folder: Path, cache: Path) -> None:
    make = Maker()
    fetched(cache, [folder], list, make)
    write(folder, {"intents/hours.yaml": "topic: other\n"})
    fetched(cache, [folder], list, make)
    write(folder, {"intents/hours.yaml": "topic: hours\n"})

    assert fetched(cache, [folder], list, make) == [1]


def spoilt(text: bytes) -> Callable[[Path], object]:
    return lambda copy: copy.write_bytes(text)


@pytest.mark.parametrize(
    "spoil",
    [
        spoilt(b""),
        spoilt(b"rubbish"),
        spoilt(pickle.dumps([1, 2, 3])[:-3]),
        spoilt(pickle.dumps("another kind of thing")),
        spoilt(b"cbot.no_such_module\nThing\n."),
        spoilt(b"\x80\xff"),
        lambda copy: copy.chmod(0o666),
        lambda copy: copy.chmod(0o620),
    ],
    ids=["empty", "rubbish", "cut off", "other kind", "module gone", "other protocol", "others write", "group writes"],
)
def test_a_copy_that_cannot_be_trusted_is_made_anew(folder: Path, cache: Path, spoil: Callable[[Path], object]) -> None:
    make = Maker()
    fetched(cache, [folder], list, make)
    spoil(copies(cache)[0])

    assert fetched(cache, [folder], list, make) == [2]
    assert fetched(cache, [folder], list, make) == [2]  # the new copy stands in its place


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may give a file away")
def test_a_copy_of_somebody_else_is_not_used(folder: Path, cache: Path) -> None:
    make = Maker()
    fetched(cache, [folder], list, make)
    os.chown(copies(cache)[0], 65534, 65534)

    assert fetched(cache, [folder], list, make) == [2]


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_copy(folder: Path, tmp_path: Path) -> None:
    make = Maker()
    file = write(tmp_path, {"taken": "a file"}) / "taken"

    assert fetched(file, [folder], list, make) == [1]
    assert fetched(file / "below", [folder], list, make) == [2]
    assert file.read_text() == "a file"


def test_a_copy_that_is_a_folder_is_ignored(folder: Path, cache: Path) -> None:
    make = Maker()
    (cache / f"{fingerprint([folder])}.pickle").mkdir(parents=True)

    assert fetched(cache, [folder], list, make) == [1]


def test_others_cannot_look_into_the_cache(folder: Path, cache: Path) -> None:
    fetched(cache, [folder], list, Maker())

    assert cache.stat().st_mode & 0o077 == 0
    assert copies(cache)[0].stat().st_mode & 0o077 == 0


def test_few_copies_are_kept_and_the_newest_among_them(folder: Path, cache: Path) -> None:
    make = Maker()
    for number in range(KEPT + 3):
        write(folder, {"intents/hours.yaml": f"topic: hours{number}\n"})
        fetched(cache, [folder], list, make)

    assert len(copies(cache)) == KEPT
    assert fetched(cache, [folder], list, make) == [KEPT + 3]


def test_nothing_but_copies_is_left_behind(folder: Path, cache: Path) -> None:
    fetched(cache, [folder], list, Maker())

    assert list(cache.iterdir()) == copies(cache)


def test_what_cannot_be_made_leaves_no_copy(folder: Path, cache: Path) -> None:
    def fail() -> list[int]:
        raise ContentError([])

    with pytest.raises(ContentError):
        fetched(cache, [folder], list, fail)
    assert copies(cache) == []


def test_a_bot_from_its_copy_replies_as_the_one_that_was_made(content: BuildContent, cache: Path) -> None:
    root = content(QUIET)
    made, copy, plain = (Bot.load(root, cache=cache), Bot.load(root, cache=cache), Bot.load(root))

    assert len(copies(cache)) == 1
    for message in ("what are your hours", "hoours", "is anybody there at christmas", "", "bananas"):
        assert copy.reply(message).to_dict() == made.reply(message).to_dict() == plain.reply(message).to_dict()


def test_a_copy_serves_every_region(content: BuildContent, cache: Path) -> None:
    root = content(QUIET)
    regions = [Bot.load(root, region=region, cache=cache).region for region in ("", "UK", "US")]

    assert regions == ["", "UK", "US"]
    assert len(copies(cache)) == 1


def test_a_bot_whose_content_went_wrong_is_not_served_from_an_older_copy(content: BuildContent, cache: Path) -> None:
    root = content(QUIET)
    Bot.load(root, cache=cache)
    write(root, {"answers/hours.yaml": "topic: hours\nanswers: {}\n"})

    with pytest.raises(ContentError):
        Bot.load(root, cache=cache)


def test_a_content_file_that_cannot_be_read_is_a_problem_with_a_cache_too(content: BuildContent, cache: Path) -> None:
    root = content(QUIET)
    (root / "intents" / "folder.yaml").mkdir()

    with pytest.raises(ContentError):
        Bot.load(root, cache=cache)


def test_another_process_reads_the_copy_without_reading_yaml(content: BuildContent, cache: Path) -> None:
    root = content()
    expected = Bot.load(root, cache=cache).reply("what are your hours").text
    script = (
        "import sys; from pathlib import Path; from bot.engine import Bot\n"
        "bot = Bot.load(sys.argv[1], cache=Path(sys.argv[2]))\n"
        "print(bot.reply('what are your hours').text, 'yaml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(root), str(cache)], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == f"{expected} False"
