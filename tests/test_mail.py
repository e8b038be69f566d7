from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks import key_of, marked
from bot.mail import automatic, from_machine, newly_written, unquoted

ASKED = "Hello,\n\ndoes ketamine show up in a drug test?"
HISTORY = "he stopped breathing after the injection"  # must never be read: somebody else wrote it, or long ago
MARK = marked(key_of("a reply"))

TEXTS = {
    "RT": f"{ASKED}\n\nOn Tue Nov 03 10:11:12 2026, faqbot wrote:\n> {HISTORY}\n>\n> more\n",
    "Gmail": f"{ASKED}\n\nOn Tue, 3 Nov 2026 at 10:11, Support via RT <support@desk.test>\nwrote:\n\n> {HISTORY}\n",
    "Apple Mail": f"{ASKED}\n\n> On 3 Nov 2026, at 10:11, Support <support@desk.test> wrote:\n> \n> {HISTORY}\n",
    "Apple Mail, unquoted": f"{ASKED}\n\nOn 3 Nov 2026, at 10:11, Support <support@desk.test> wrote:\n\n{HISTORY}\n",
    "Outlook": f"{ASKED}\n\n________________________________\nFrom: Support <support@desk.test>\n"
    f"Sent: Tuesday, November 3, 2026 10:11 AM\nTo: Jo <jo@example.org>\nSubject: Re: [desk.test] Hello\n\n{HISTORY}\n",
    "Outlook without a line": f"{ASKED}\n\nFrom: Support <support@desk.test>\nSent: Tuesday, November 3, 2026\n"
    f"To: Jo\nSubject: Re: Hello\n\n{HISTORY}\n",
    "original message": f"{ASKED}\n\n-----Original Message-----\nFrom: Support\nSent: today\n\n{HISTORY}\n",
    "below our mark": f"{ASKED}\n\nSupport, 3 Nov:\nPlease write above this line. {MARK}\n\n{HISTORY}\n",
    "CRLF": f"{ASKED}\r\n\r\nOn Tue Nov 03 10:11:12 2026, faqbot wrote:\r\n> {HISTORY}\r\n".replace("\n\n", "\r\n\r\n"),
}
HTML = {
    "Gmail": '<div dir="ltr">Hello,<br><br>does ketamine show up in a drug test?<br></div><br>'
    '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">On Tue, 3 Nov 2026 at 10:11, Support wrote:'
    f"<br></div><blockquote><p>{HISTORY}</p></blockquote></div>",
    "Outlook": "<html><head><style>p {margin:0}</style></head><body><p>Hello,</p><p>does ketamine show up in a drug "
    'test?</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Support<br></div>'
    f"<div><p>{HISTORY}</p></div></body></html>",
    "Apple Mail": "<html><body>Hello,<div><br></div><div>does ketamine show up in a drug test?<br><div><br>"
    f'<blockquote type="cite"><div>On 3 Nov 2026, at 10:11, Support wrote:</div><div>{HISTORY}</div></blockquote>'
    "</div></div></body></html>",
    "RT": "<p>Hello,</p><p>does ketamine show up in a drug test?</p><p>On Tue Nov 03 10:11:12 2026, faqbot wrote:</p>"
    f'<blockquote style="padding-left:1ex"><pre>{HISTORY}</pre></blockquote>',
}


@pytest.mark.parametrize("program", TEXTS)
def test_of_a_text_only_what_was_newly_written_is_read(program: str) -> None:
    assert newly_written(TEXTS[program]).splitlines() == ASKED.splitlines()
    assert HISTORY not in unquoted(TEXTS[program])


@pytest.mark.parametrize("program", HTML)
def test_of_html_only_what_was_newly_written_is_read(program: str) -> None:
    assert "".join(newly_written(HTML[program]).split()) == "".join(ASKED.split())
    assert HISTORY not in unquoted(HTML[program])


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nJo Miller\nHead of Sales",
        "Best regards,\nJo",
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "CONFIDENTIALITY NOTICE: this e-mail is meant for its addressee alone. If you got this e-mail in error, "
        "delete this e-mail.",
    ],
)
def test_signatures_and_disclaimers_are_not_looked_up(ending: str) -> None:
    assert newly_written(f"{ASKED}\n\n{ending}\n").strip() == ASKED


def test_danger_below_a_greeting_or_a_signature_is_still_screened() -> None:
    said = "Thanks,\nmy friend took too much and won't wake up"

    assert "won't wake up" in unquoted(f"Hello\n\n{said}")


def test_answers_between_quoted_lines_are_kept() -> None:
    assert unquoted("> are you well?\nno, I am not\n> do you sleep?\nnot at all") == "no, I am not\n\nnot at all"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"auto-submitted": "Auto-Generated; reason=x"},
        {"Precedence": "bulk"},
        {"Precedence": "LIST"},
        {"List-Id": "<news.example.org>"},
        {"X-Auto-Response-Suppress": "All"},
        {"X-Loop": "support@example.org"},
        {"X-RT-Loop-Prevention": "example.org"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
        {"From": "Mail Delivery <MAILER-DAEMON@example.org>"},
        {"From": "noreply@example.org"},
        {"From": "Shop <no-reply@shop.example>"},
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str]) -> None:
    assert automatic(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto-Submitted": "no"},
        {"From": "Jo <jo@example.org>", "Return-Path": "<jo@example.org>"},
        {"Precedence": "first-class"},
        {"From": "postmastery@example.org"},
    ],
)
def test_people_are_taken_for_people(headers: dict[str, str]) -> None:
    assert not automatic(headers)


@pytest.mark.parametrize(("sender", "machine"), [("bounce+1@example.org", True), ("Bo <bo@example.org>", False)])
def test_addresses_of_machines(sender: str, machine: bool) -> None:
    assert from_machine(sender) == machine


@given(st.text(max_size=300))
def test_any_mail_can_be_read(body: str) -> None:
    assert len(newly_written(body)) <= len(body)
    assert newly_written(f"<div>{body}</div>") is not None


def test_a_long_mail_of_nothing_is_read_quickly_enough_to_be_read_at_all() -> None:
    for body in (
        "\n" * 50_000,
        "On " * 20_000,
        "On x\n" * 9_000,
        "a " * 30_000,
        "-" * 50_000,
        "<div>" * 5_000,
        "mail " * 10_000,
    ):
        assert len(newly_written(body)) <= len(body)
