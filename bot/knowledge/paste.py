"""Lines of YAML for an owner to paste into a content folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import yaml

STEP = "  "
WIDEST = 10_000  # characters of a line; none is folded


def phrasing_lines(texts: Iterable[str]) -> list[str]:
    """Phrasings as the items of a list below `phrasings:`."""
    return [f"{3 * STEP}- {_scalar(text)}" for text in texts]


def intent_lines(intent: str, title: str, texts: Sequence[str]) -> list[str]:
    """A new intent, as it stands below `intents:`."""
    return [
        f"{STEP}{intent}:", f"{2 * STEP}title: {_scalar(title)}", f"{2 * STEP}phrasings:", *phrasing_lines(texts),
    ]  # fmt: skip


def entry_lines(intent: str) -> list[str]:
    """Its entry, as it stands below `answers:`; `faqbot check` does not let it pass before it is written."""
    return [f"{STEP}{intent}:", f'{2 * STEP}short: ""', f'{2 * STEP}text: ""']


def _scalar(text: str) -> str:
    """A text as one line of YAML, in quotes where it needs them."""
    line = " ".join(text.split())
    return yaml.safe_dump(line, allow_unicode=True, width=WIDEST).removesuffix("\n").removesuffix("\n...")
