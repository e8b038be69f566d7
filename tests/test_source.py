from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Problem
from bot.knowledge.parse import DEEPEST, LARGEST_FILE, read_yaml
from bot.knowledge.source import Fields, Node


def parsed(path: Path, text: str | bytes) -> tuple[Node | None, list[Problem]]:
    """The tree of a file with this text, and its problems."""
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    problems: list[Problem] = []
    return read_yaml(path, problems.append), problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.yaml"


def fields(path: Path, text: str) -> tuple[Fields, list[Problem]]:
    root, problems = parsed(path, text)
    assert root is not None
    return Fields(path, root, problems.append), problems


@pytest.mark.parametrize(
    "typed", ["no", "yes", "on", "off", "true", "1e3", "012", "0x1F", "12:30", "2024-01-02", "1_000", ".inf"]
)
def test_a_scalar_is_read_as_it_was_typed(path: Path, typed: str) -> None:
    found, problems = fields(path, f"key: {typed}\n")

    assert found.text("key") == typed
    assert problems == []


@pytest.mark.parametrize("typed", ["", "~", "null", "NULL"])
def test_a_plain_null_is_nothing(path: Path, typed: str) -> None:
    found, _ = fields(path, f"key: {typed}\n")

    assert found.node("key") is None


def test_a_quoted_null_is_a_word(path: Path) -> None:
    found, _ = fields(path, "key: 'null'\n")

    assert found.text("key") == "null"


def test_every_value_knows_the_line_of_its_key(path: Path) -> None:
    root, _ = parsed(path, "\n# note\none: 1\ntwo:\n\n  - a\n  - b\nthree: |\n  text\n")

    assert root is not None
    assert isinstance(root.value, dict)
    assert {key: node.line for key, node in root.value.items()} == {"one": 3, "two": 4, "three": 8}
    assert isinstance(root.value["two"].value, list)
    assert [node.line for node in root.value["two"].value] == [6, 7]


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(path: Path) -> None:
    root, problems = parsed(path, b"\xef\xbb\xbfkey: a\r\nother: b\r\n")

    assert problems == []
    assert root is not None
    assert isinstance(root.value, dict)
    assert list(root.value) == ["key", "other"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "the file is empty"),
        ("# only a note\n", 0, "the file is empty"),
        ("---\n", 0, "the file is empty"),
        ("- a\n- b\n", 1, "must hold a mapping"),
        ("just words\n", 1, "must hold a mapping"),
        ("a: 1\nb: [1, 2\n", 3, "is not valid YAML"),
        ("a: 1\n\tb: 2\n", 2, "is not valid YAML"),
        ("a: 'open\n", 2, "is not valid YAML"),
        ("a: 1\nb: x: y\n", 2, "is not valid YAML"),
        ("a: 1\nb: \x07\n", 2, "is not valid YAML"),
        ("a: é\nb: \x07\n", 2, "is not valid YAML"),
        (b"a: 1\nb: caf\xe9\n", 2, "is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"\x00" * 40, 1, "is not valid YAML"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", 1, "is not UTF-8"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands here a second time (first on line 1)"),
        ("a: &x 1\nb: *x\n", 2, "aliases"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("a: " + "[" * 100_000, 1, f"nested more than {DEEPEST} levels"),
        ("{a: " * 100_000, 1, f"nested more than {DEEPEST} levels"),
        ("- " * 100_000 + "a", 1, f"nested more than {DEEPEST} levels"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_problem_with_its_line(
    path: Path, text: str | bytes, line: int, message: str
) -> None:
    _, problems = parsed(path, text)

    assert len(problems) == 1
    assert problems[0].path == path
    assert message in problems[0].message
    assert problems[0].line == line


def test_a_missing_file_a_folder_and_a_dead_link_are_problems(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "link.yaml").symlink_to(tmp_path / "gone")
    for name in ("missing.yaml", "folder.yaml", "link.yaml"):
        problems: list[Problem] = []

        assert read_yaml(tmp_path / name, problems.append) is None
        assert [p.message.startswith("cannot be read") for p in problems] == [True]


def test_a_file_of_50_mb_is_refused_unread(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)  # sparse: it takes no room on the disk
    problems: list[Problem] = []

    assert read_yaml(path, problems.append) is None
    assert [p.message for p in problems] == [
        f"the file has 50 MB, the limit is {LARGEST_FILE // 1024 // 1024} MB: split it by topic"
    ]


def test_an_alias_bomb_does_not_go_off(path: Path) -> None:
    layers = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    start = perf_counter()
    root, problems = parsed(path, "\n".join(layers))

    assert root is None
    assert [p.line for p in problems] == [2]
    assert perf_counter() - start < 1


@pytest.mark.parametrize(
    "text", ["a" * 2_000_000, "a: " + "x" * 2_000_000, "a:\n" + "  - b\n" * 100_000, "[" * 2_000_000]
)
def test_a_large_file_is_read_in_bounded_time(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    start = perf_counter()
    read_yaml(path, lambda problem: None)

    assert perf_counter() - start < 10


BYTES = st.binary(max_size=200)
SIGNS = "a b: - [ ] { } , &x *x !!int | > ' \" # ? --- é <<".split()
PIECES = st.lists(st.sampled_from([*SIGNS, " ", "  ", "\n", "\t", ": "])).map(lambda found: "".join(found).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BYTES | PIECES)
def test_any_bytes_give_a_mapping_or_a_problem(path: Path, raw: bytes) -> None:
    root, problems = parsed(path, raw)

    assert problems or (root is not None and isinstance(root.value, dict))
    assert all(problem.path == path and problem.line >= 0 and problem.message for problem in problems)


def test_a_field_of_the_wrong_shape_is_a_problem_and_nothing(path: Path) -> None:
    found, problems = fields(path, "a: [x]\nb: word\nc: word\nd: word\ne: maybe\nf: [x]\ng: purple\nh: [red, purple]\n")

    assert found.text("a") == ""
    assert found.texts("b") == []
    assert list(found.mappings("c")) == []
    assert list(found.records("d")) == []
    assert found.flag("e", default=True) is True
    assert found.child("f") is not None
    assert found.choice("g", ("red",)) == ""
    assert found.choices("h", ("red",)) == ("red",)
    assert [(p.line, p.message) for p in problems] == [
        (1, "'a' must be one text, not a list or a mapping"),
        (2, "'b' must be a list (lines with a dash, or [a, b])"),
        (3, "'c' must be a mapping of names"),
        (4, "'d' must be a list of mappings"),
        (5, "'e' must be true or false"),
        (6, "a mapping (key: value) belongs here"),
        (7, "'g' must be one of: red; not 'purple'"),
        (8, "'h' knows red; not 'purple'"),
    ]


def test_a_key_that_nobody_asked_for_is_a_problem(path: Path) -> None:
    found, problems = fields(path, "title: a\ntitel: b\n")
    found.text("title")
    found.finish()

    assert [(p.line, p.message) for p in problems] == [(2, "'titel' is not a key that is known here: use title")]


def test_what_is_required_and_missing_is_a_problem_at_the_mapping(path: Path) -> None:
    found, problems = fields(path, "\nother: a\nempty:\n")
    found.text("title", required=True)
    found.texts("empty", required=True)

    assert [(p.line, p.message) for p in problems] == [
        (2, "'title' is missing or empty: write it"),
        (3, "'empty' is missing or empty: list at least one"),
    ]
