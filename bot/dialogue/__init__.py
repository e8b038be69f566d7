"""What was said before: the context of a conversation, and what a short message means in it."""

from bot.dialogue.acts import (
    Act,
    act_of,
    asks_for_more,
    asks_for_numbers,
    goes_on,
    is_unsure,
    picked,
    says_goodbye,
    says_no,
    says_yes,
    takes_back,
)
from bot.dialogue.context import ALSO_CRISIS, THIRD_PERSON, Context
from bot.dialogue.ellipsis import Ellipsis
from bot.dialogue.split import MOST, Piece, pieces, shown, tells

__all__ = [
    "ALSO_CRISIS",
    "MOST",
    "THIRD_PERSON",
    "Act",
    "Context",
    "Ellipsis",
    "Piece",
    "act_of",
    "asks_for_more",
    "asks_for_numbers",
    "goes_on",
    "is_unsure",
    "picked",
    "pieces",
    "says_goodbye",
    "says_no",
    "says_yes",
    "shown",
    "takes_back",
    "tells",
]
