"""What requests and responses hold: the models of the OpenAPI document, with examples."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

TURN = r"^[0-9a-f]{32}$"
LONGEST_COMMENT = 1000  # characters
LONGEST_SHOWN, LONGEST_CONTACT = 16_000, 300  # characters
MOST_TURNS, MOST_INTENTS = 100, 10
TURN_EXAMPLE = "5f0c2a9e4b7d4d0f8f4c5a3e9b1d7c62"


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Ask(_Asked):
    """A message, or the intent of a choice that was clicked: one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["text"]}, {"required": ["intent"]}],
            "examples": [
                {"text": "is ketamine an opioid?"},
                {"text": "and xanax?", "context": "the token of the last reply", "region": "UK"},
            ],
        }
    )
    text: str = Field("", description="The message, as it was typed.")
    intent: str = Field("", description="The intent of a choice, as `choices` gave it: nothing is guessed.")
    context: Any = Field(None, description="The token of the last reply. One that is broken or too old is dropped.")
    region: str = Field("", description="Whose numbers are given, where it is not the service's own region.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if len({"text", "intent"} & self.model_fields_set) != 1:
            raise ValueError("give `text` or `intent`, one of the two")
        return self


class Feedback(_Asked):
    """What somebody thought of a turn. The last word on a turn wins."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"turn": TURN_EXAMPLE, "helpful": True, "comment": "quick and clear"}]}
    )
    turn: str = Field(pattern=TURN, description="The `turn` of the reply.")
    helpful: bool
    comment: str = Field("", max_length=LONGEST_COMMENT, description="Kept without what tells whose it is.")


class Shown(_Asked):
    """One turn of a conversation, as it was shown."""

    text: str = Field(max_length=LONGEST_SHOWN, description="What the person wrote, or clicked.")
    reply: str = Field("", max_length=LONGEST_SHOWN, description="What was answered.")
    intents: list[str] = Field([], max_length=MOST_INTENTS, description="The intents of the answers in it.")


class HandOver(_Asked):
    """A conversation that a person is to go on with. Nothing of it is kept here: it goes to the help desk."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "turns": [{"text": "do you take insurance?", "reply": "I have nothing on that."}],
                    "turn": TURN_EXAMPLE, "contact": "jo@example.org",
                }
            ]
        }
    )  # fmt: skip
    turns: list[Shown] = Field(max_length=MOST_TURNS, description="What was said, oldest first.")
    turn: str = Field(
        "", pattern=rf"{TURN}|^$", description="The `turn` of the last reply: the same gets no second ticket."
    )
    contact: str = Field("", max_length=LONGEST_CONTACT, description="How the person can be reached.")
    region: str = ""


class Explain(_Asked):
    """A message to be explained."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "is tramadol an opioid"}]})
    text: str
    context: Any = None


class Source(BaseModel):
    """What an answer rests on."""

    document: str
    section: str


class Part(BaseModel):
    """A reply to one question of the message. Which fields there are depends on the kind."""

    kind: Literal["answer", "clarify", "decline", "safety"]
    text: str = Field(description="Markdown.")
    html: str = Field(description="The same as HTML of a few harmless elements, with `closing` below it.")
    intent: str = ""
    title: str = ""
    short: str = ""
    score: float = 0
    sources: list[Source] = []
    closing: str = ""
    choices: list[str] = []
    about: list[str] = []
    near: list[str] = []
    rules: list[str] = []


class Choice(BaseModel):
    """Something to ask next, or what may have been meant."""

    title: str
    intent: str


class Resource(BaseModel):
    """A number or an address that helps."""

    label: str
    number: str
    kind: Literal["call", "call_or_text", "text", "web", "place"]


class Closing(BaseModel):
    """A line that ends the whole reply."""

    text: str
    html: str


class Reply(BaseModel):
    """The answer to one message."""

    turn: str = Field(pattern=TURN, examples=[TURN_EXAMPLE])
    kind: Literal["answer", "clarify", "decline", "safety"]
    text: str = Field(description="Markdown of all parts, in order.")
    urgent: bool = Field(description="Whether somebody may be in danger.")
    parts: list[Part]
    choices: list[Choice]
    resources: list[Resource]
    handover: str | None = Field(description="Why a person should take over, or null.")
    closing: Closing | None
    kb: str = Field(description="The hash of the content.")
    context: str = Field(description="A token; hand it back with the next message.")
    context_reset: bool = Field(description="Whether a context came that had to be dropped.")


class Topic(BaseModel):
    """A topic with its questions."""

    id: str
    title: str
    intents: list[Choice]


class Topics(BaseModel):
    """Every question that has an answer."""

    kb: str
    topics: list[Topic]


class Entry(BaseModel):
    """The answer to one question."""

    intent: str
    topic: str
    title: str
    short: str
    text: str
    html: str
    sources: list[Source]
    follow_ups: list[Choice]
    reviewed: bool = Field(description="Whether somebody who knows read it.")


class Suggestions(BaseModel):
    """Questions that a person may be about to type."""

    suggestions: list[Choice]


class Kept(BaseModel):
    """What was written down, before this was sent."""

    turn: str
    helpful: bool


class Told(BaseModel):
    """What a help desk told, and is on the disk."""

    new: int = Field(description="How much of it was not known before.")


class HandedOver(BaseModel):
    """A ticket that was written."""

    reference: str = Field(description="What the person can name when they ask.")


class Explanation(BaseModel):
    """Why the bot replies as it does; the fields are those of `faqbot ask --explain --json`."""

    message: str
    decision: str
    questions: list[dict[str, Any]]
    limits: dict[str, Any]
    fresh_start: bool


class Health(BaseModel):
    """Whether the service is up."""

    status: str
    kb: str = ""
    log: Literal["on", "off"] = "off"
    dropped: int = 0


class FieldError(BaseModel):
    """What is wrong with a field of a request."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = []
    resources: list[Resource] = []


ASKED = (Ask, Feedback, HandOver, Explain)
ANSWERED = (Reply, Topics, Entry, Suggestions, Kept, HandedOver, Told, Explanation, Health, Problem)
