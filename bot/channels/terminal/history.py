"""The file that keeps what a person typed, for this user's eyes only."""

from __future__ import annotations

import os
from pathlib import Path

from bot.errors import ChannelError

PRIVATE = 0o600


def private(path: Path) -> Path:
    """A file that only this user reads, made where there is none."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, PRIVATE))
        path.chmod(PRIVATE)
    except OSError as error:
        raise ChannelError(
            f"cannot keep a history in {path} ({error.strerror}): name a file that can be written"
        ) from error
    return path
