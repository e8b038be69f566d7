"""Questions as hands type them: slips on a QWERTY keyboard, the same ones for a text whenever it is asked."""

from __future__ import annotations

import random
import re

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
AROUND = ((0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0))  # row and column of the keys that touch a key
SLIPS = ("swap", "delete", "insert", "substitute")
SLIPS_IN_A_QUESTION = 2
SHORTEST = 4  # letters; shorter words are left alone, and so are these
SPARED = frozenset(
    """a about all am an and any are as at be been but by can could did do does for from get got had has have he her
    him his how i if in into is it its just me my no not of on or our out she so some that the their them then there
    these they this to up us was we were what when where which who why will with would you your""".split()
)


def _touching(row: int, column: int) -> str:
    places = ((row + down, column + right) for down, right in AROUND)
    return "".join(ROWS[y][x] for y, x in places if 0 <= y < len(ROWS) and 0 <= x < len(ROWS[y]))


TOUCHING = {key: _touching(y, x) for y, row in enumerate(ROWS) for x, key in enumerate(row)}


def misspelt(text: str, seed: int = 0) -> str:
    """The text with one slip in each of up to two of its longer words.

    >>> misspelt("is ketamine an opioid")
    'is ketqamine an olioid'
    """
    chance = random.Random(f"{seed}:{text}")
    pieces = re.split(r"([A-Za-z]+)", text)  # words are the odd ones
    open_to_slips = [
        at for at in range(1, len(pieces), 2) if len(pieces[at]) >= SHORTEST and pieces[at].lower() not in SPARED
    ]
    for at in chance.sample(open_to_slips, min(SLIPS_IN_A_QUESTION, len(open_to_slips))):
        pieces[at] = _slipped(pieces[at], chance)
    return "".join(pieces)


def _slipped(word: str, chance: random.Random) -> str:
    """The word after one slip. The order of the draws is part of the benchmark: it makes the misspellings."""
    slip = chance.choice(SLIPS)
    at = chance.randrange(len(word))
    before, key, after = word[:at], word[at], word[at + 1 :]
    if slip == "delete":
        return before + after
    if slip == "swap":
        places = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
        if not places:
            return word
        at = chance.choice(places)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    struck = chance.choice(TOUCHING[key.lower()])
    return before + struck + (key if slip == "insert" else "") + after
