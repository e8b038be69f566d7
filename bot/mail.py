"""What the author of a mail newly wrote, and whether that was a person."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A mark of the bot, and a line above it that announces whom it quotes: "Support, 3 November:".
MARK = re.compile(r"(?:^[^\n]{1,200}:[ \t]*\n\s*)?^.*\bfaqbot:[0-9a-f]{16}\b", re.MULTILINE)
LONGEST = 20_000  # characters that are read of a mail; a person in need has said it by then
LOOKED_UP = 2_000  # characters that are looked up; the library takes the cube of their number at worst
QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
DISCLAIMER = re.compile(  # that the library does not know
    r"^[ \t*]*(?:confidentiality notice|this (?:e-?mail|message|communication)\b[^\n]{0,60}"
    r"\b(?:confidential|privileged|intended|addressee)).*",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
# What begins the history of a mail, where the library does not know it: each line by itself.
HISTORY = re.compile(
    r"^[ \t]*(?:"
    r"-{2,}\s*(?:original message|forwarded message|reply above this line).*"
    r"|_{20,}[ \t]*(?=\n\s*(?:\*?(?:from|von|de)\*?:))"
    r"|on\b[^\n]{5,200}(?:\n[^\n]{0,200})?\bwrote:[ \t]*"
    r"|\*?from:\*?[^\n]*\n(?:\*?(?:sent|date|to|cc|subject):\*?[^\n]*\n?){2,}"
    r")$",
    re.MULTILINE | re.IGNORECASE,
)
MARKUP = re.compile(r"<(?:html|body|div|p|br|table|blockquote|span)\b[^<>]*>", re.IGNORECASE)
# Each names the header, and the values that a machine gives it; None: any value.
AUTOMATIC: Mapping[str, frozenset[str] | None] = {
    "precedence": frozenset({"bulk", "junk", "list", "auto_reply"}),
    "list-id": None,
    "list-unsubscribe": None,
    "x-auto-response-suppress": None,  # it asks others not to answer, which is done
    "x-autoreply": None,
    "x-autorespond": None,
    "x-loop": None,
    "x-rt-loop-prevention": None,
    "feedback-id": None,
}
MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+@-]|$)", re.IGNORECASE)
# How mail programs mark a quotation in HTML: Gmail, Apple Mail and Thunderbird around it, Outlook before it.
CITED = (
    "//blockquote | //*[contains(concat(' ', @class, ' '), ' gmail_quote ')] | //*[@class='moz-cite-prefix']"
    " | //style | //script | //title"
)
CITED_BELOW = "//*[@id='appendonsend' or @id='divRplyFwdMsg' or @id='mail-editor-reference-message-container']"
LONGEST_HTML = 500_000  # characters
ADDRESS = re.compile(r"<([^<>]*)>\s*$")


def automatic(headers: Mapping[str, str]) -> bool:
    """Whether a mail came from a machine (RFC 3834, and what desks and mail servers add to it)."""
    given = {name.lower(): value.strip().lower() for name, value in headers.items()}
    submitted = given.get("auto-submitted", "no").partition(";")[0].strip()
    if submitted not in ("no", "") or given.get("return-path") == "<>":
        return True
    if from_machine(given.get("from", "")) or from_machine(given.get("return-path", "")):
        return True
    return any(name in given and (values is None or given[name] in values) for name, values in AUTOMATIC.items())


def from_machine(sender: str) -> bool:
    """Whether an address, with or without a name, belongs to a machine."""
    found = ADDRESS.search(sender)
    return bool(MACHINES.match((found[1] if found else sender).strip()))


def unquoted(body: str) -> str:
    """What a mail holds above its history, signature and all: to be screened for danger.

    Everything from a mark of the bot on is somebody's quotation of it. Of a mail that is nothing but history, nothing
    is left.
    """
    text = as_text(body)[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    for end in (MARK, HISTORY):
        found = end.search(text)
        text = text[: found.start()] if found else text
    return QUOTED.sub("", text).strip()


def newly_written(body: str) -> str:
    """What the author of a mail wrote, without history, signature and disclaimer; to be looked up."""
    from mailparser_reply.parser import EmailMessage  # of an extra

    text = DISCLAIMER.sub("", unquoted(body))[:LOOKED_UP]
    replies = EmailMessage(text=text, languages=["en"], keep_hyphen_lists=True).read().replies
    said = next((str(reply.body) for reply in replies if reply.body), "")
    return said.strip()


def as_text(body: str) -> str:
    """A body as plain text; of HTML, quotations are left out."""
    if not MARKUP.search(body):
        return body
    from inscriptis import Inscriptis  # of an extra
    from lxml.html import fromstring

    tree = fromstring(f"<div>{body[:LONGEST_HTML]}</div>")
    for element in tree.xpath(CITED):
        if element.getparent() is not None:
            element.drop_tree()
    for element in tree.xpath(CITED_BELOW):
        for later in (*element.itersiblings(), element):
            if later.getparent() is not None:
                later.getparent().remove(later)
    lines = (line.strip() for line in str(Inscriptis(tree).get_text()).splitlines())
    return "\n".join(lines).strip()
