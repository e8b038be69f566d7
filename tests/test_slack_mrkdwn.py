from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.mrkdwn import LONGEST, Piece, escaped, pieces, shortened, size
from tests.slack.limits import block_problems


def shown(markdown: str) -> str:
    return "\n".join(piece.shown for piece in pieces(markdown))


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("**bold** and *italic* and ~~gone~~ and `code`", "*bold* and _italic_ and ~gone~ and `code`"),
        ("**all *of* it**", "*all* *_of_* *it*"),
        ("[the page](https://example.org/?a=1&b=2)", "<https://example.org/?a=1&amp;b=2|the page>"),
        ("[mail](mailto:a@example.org)", "<mailto:a@example.org|mail>"),
        ("<https://example.org>", "<https://example.org>"),
        ("## A heading", "*A heading*"),
        ("- one\n- **two**\n  - below", "• one\n• *two*\n    ◦ below"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("> said\n> twice", ">said twice"),
        ("one  \ntwo\nthree", "one\ntwo three"),
        ("```\na < b\n```", "```\na &lt; b\n```"),
        ("fish & chips < 5 > 3", "fish &amp; chips &lt; 5 &gt; 3"),
        (r"\*literally\*", "*literally*"),
    ],
)
def test_markdown_becomes_slacks_own_markup(markdown: str, mrkdwn: str) -> None:
    assert shown(markdown) == mrkdwn


@pytest.mark.parametrize("text", ["<!channel> wake up", "<@U123>", "<https://evil.example|your bank>", "&lt;!here&gt;"])
def test_no_text_can_mention_anybody(text: str) -> None:
    assert "<" not in shown(text.replace("<", "\\<"))


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "slack://open"])
def test_a_link_to_anything_but_the_web_or_mail_is_only_its_words(target: str) -> None:
    assert "<" not in shown(f"[words]({target})")


def test_a_mark_inside_of_a_word_is_left_out_for_slack_would_show_it() -> None:
    assert shown("un**believ**able") == "unbelievable"


def test_a_narrow_table_is_laid_out_in_a_fixed_width() -> None:
    assert shown("| name | use |\n|--|--|\n| a | **one** |\n| bcd | two |") == (
        "```\nname  use\na     one\nbcd   two\n```"
    )


def test_a_wide_table_is_left_to_slack_and_is_read_row_by_row() -> None:
    wide = "long words " * 10
    piece = pieces(f"| name | use |\n|--|--|\n| a | {wide}|\n")[0]

    assert piece.kind == "table"
    assert piece.read == f"name: a; use: {wide.strip()}"


def test_the_items_of_a_list_follow_each_other_closely() -> None:
    assert [piece.close for piece in pieces("words\n\n- one\n- two\n\nmore")] == [False, False, True, False]


def test_what_is_read_names_the_address_behind_a_link() -> None:
    assert pieces("see **[the page](https://example.org)**")[0].read == "see the page (https://example.org)"


def test_a_long_paragraph_is_parted_between_words_and_loses_none() -> None:
    words = [f"word{number}" for number in range(2000)]
    found = pieces(f"**{' '.join(words)}**")

    assert len(found) > 4
    assert " ".join(piece.read for piece in found).split() == words
    assert all(piece.shown.startswith("*") and piece.shown.endswith("*") for piece in found)


def test_code_that_is_parted_has_its_fences_on_every_part() -> None:
    lines = "\n".join(f"line {number}" for number in range(900))
    found = pieces(f"```\n{lines}\n```")

    assert len(found) > 1
    assert all(piece.shown.startswith("```\n") and piece.shown.endswith("\n```") for piece in found)
    assert "\n".join(piece.read for piece in found) == lines


MARKDOWN = st.text(st.sampled_from('ab *_~`<>&|[]()#->\n\t1.\\"é👍🏽\u200d̈'), max_size=300) | st.text(max_size=300)


@given(MARKDOWN, st.integers(1, 40))
def test_every_text_keeps_the_limits_and_mentions_nobody(text: str, times: int) -> None:
    for piece in pieces(text * times):
        assert size(piece.shown) < 3000
        if piece.kind == "prose":
            block = {"type": "section", "text": {"type": "mrkdwn", "text": piece.shown, "verbatim": True}}
            assert list(block_problems([block], "message")) == []


@given(st.text(st.sampled_from("abc <>&\"'é👍"), max_size=400), st.integers(1, 30))
def test_plain_words_come_through_as_they_are(text: str, times: int) -> None:
    quoted = " ".join((text * times).replace("&", "\\&").replace("<", "\\<").split())
    found = " ".join(piece.read for piece in pieces(f"x {quoted}"))

    assert found.replace(" ", "") == escaped(f"x {text * times}").replace(" ", "")


@given(st.text(max_size=300), st.integers(10, 100))
def test_what_is_shortened_fits_and_begins_alike(text: str, most: int) -> None:
    short = shortened(text, most)

    assert size(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1].rstrip()))


def test_a_sign_stays_with_what_combines_with_it() -> None:
    family = "👩‍👩‍👧"
    parts = [piece.read for piece in pieces(family * 900)]

    assert len(parts) > 1
    assert all(set(part.split("👩‍👩‍👧")) == {""} for part in parts)


def test_no_piece_is_longer_than_it_may_be() -> None:
    assert all(size(piece.shown) <= LONGEST for piece in pieces("word " * 3000))
    assert pieces("") == ()
    assert pieces("x") == (Piece("x", "x"),)
