"""Who may use what: keys, of which only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bot.errors import SettingError

ASK, ADMIN = "ask", "admin"
SCOPES = (ASK, ADMIN)  # an admin key also asks
KEY_BYTES = 32  # of chance: a digest without salt and without work is enough for these
LINE = re.compile(r"(?P<name>[\w.-]{1,64}) (?P<scope>ask|admin) sha256:(?P<digest>[0-9a-f]{64})")
OTHERS = 0o077  # rights of a file that nobody but its owner may have


class Key(NamedTuple):
    """A key as it is kept: whose it is, what it is for, and its digest."""

    name: str
    scope: str
    digest: bytes

    def line(self) -> str:
        """The key as a line for FAQBOT_KEYS or the file of keys."""
        return f"{self.name} {self.scope} sha256:{self.digest.hex()}"


class Keys:
    """The keys of a service."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._keys = tuple(keys)

    @classmethod
    def read(cls, lines: str, file: Path | None = None) -> Keys:
        """The keys of lines (also set apart by commas) and of a file; raises SettingError."""
        found = list(_parsed(lines, "FAQBOT_KEYS"))
        if file:
            try:
                if file.stat().st_mode & OTHERS:
                    raise SettingError(f"{file} can be read by others: run chmod 600 {file}")
                found += _parsed(file.read_text(encoding="utf-8"), str(file))
            except (OSError, UnicodeDecodeError) as error:
                raise SettingError(f"the file of keys cannot be read: {error}") from error
        return cls(found)

    def allow(self, authorization: str, scope: str) -> bool:
        """Whether the value of an Authorization header (`Bearer KEY`) opens this; takes equally long for every key."""
        word, _, given = authorization.partition(" ")
        digest = digested(given.strip())
        fits = [
            hmac.compare_digest(key.digest, digest) and (key.scope == scope or key.scope == ADMIN) for key in self._keys
        ]
        return any(fits) and word.lower() == "bearer"


def made(name: str, scope: str) -> tuple[str, Key]:
    """A new key, which is shown once, and what is kept of it."""
    key = f"fb_{secrets.token_urlsafe(KEY_BYTES)}"
    return key, Key(name, scope, digested(key))


def digested(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _parsed(lines: str, origin: str) -> Iterable[Key]:
    for number, line in enumerate(lines.replace(",", "\n").splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        found = LINE.fullmatch(line)
        if not found:
            raise SettingError(f"{origin}: line {number} is no key: put in a line that `faqbot key NAME` gives")
        yield Key(found["name"], found["scope"], bytes.fromhex(found["digest"]))
