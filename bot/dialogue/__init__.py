"""What was said before: the context of a conversation, and what a short message means in it."""

from bot.dialogue.acts import (
    Act,
    act_of,
    asks_for_more,
    asks_for_numbers,
    goes_on,
    is_unsure,
    says_goodbye,
    says_no,
    says_yes,
    takes_back,
)
from bot.dialogue.context import ALSO_CRISIS, THIRD_PERSON, Context
from bot.dialogue.ellipsis import Ellipsis, compares
from bot.dialogue.frames import unframed
from bot.dialogue.joint import halves, shared_out
from bot.dialogue.picks import only_numbers, picked, place_named
from bot.dialogue.split import MOST, REQUESTS, Piece, asks, clauses, pieces, run_on, says_nothing, shown, tells

__all__ = [
    "ALSO_CRISIS",
    "MOST",
    "REQUESTS",
    "THIRD_PERSON",
    "Act",
    "Context",
    "Ellipsis",
    "Piece",
    "act_of",
    "asks",
    "asks_for_more",
    "asks_for_numbers",
    "clauses",
    "compares",
    "goes_on",
    "halves",
    "is_unsure",
    "only_numbers",
    "picked",
    "pieces",
    "place_named",
    "run_on",
    "says_goodbye",
    "says_no",
    "says_nothing",
    "says_yes",
    "shared_out",
    "shown",
    "takes_back",
    "tells",
    "unframed",
]
