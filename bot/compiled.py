"""A bot made ready once and kept on disk, so that the next start need not read and count everything anew."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

KEPT = 8  # copies in a cache folder; each content folder and version of the code has one
PRIVATE = 0o700

Thing = TypeVar("Thing")


class Packed(Generic[Thing]):
    """A thing that a kept copy carries as bytes, and that is unpacked only when it is first needed."""

    def __init__(self, thing: Thing) -> None:
        self._thing: Thing | None = thing
        self._bytes = b""

    def __getstate__(self) -> bytes:
        return self._bytes or pickle.dumps(self._thing, protocol=pickle.HIGHEST_PROTOCOL)

    def __setstate__(self, packed: bytes) -> None:
        self._thing, self._bytes = None, packed

    @property
    def thing(self) -> Thing:
        """The thing itself."""
        if self._thing is None:
            self._thing = without_collector(lambda: pickle.loads(self._bytes))  # noqa: S301 - part of a kept copy
        return self._thing


def fetched(cache: Path, folders: Iterable[Path], kind: type[Thing], build: Callable[[], Thing]) -> Thing:
    """What `build` gives, from the copy in `cache` where there is one of just these `folders` and this code.

    A cache that cannot be read or written costs the time it would have saved, and nothing else. A copy is only read
    where nobody but this user can have written it.
    """
    try:
        path = cache / f"{fingerprint(folders)}.pickle"
    except OSError:  # a file of the content cannot be read; building says which
        return build()
    copy = _read(path, kind)
    if copy is not None:
        return copy
    made = build()
    _write(path, made)
    return made


def fingerprint(folders: Iterable[Path]) -> str:
    """A name for content and code: the bytes of every YAML file, the size and time of every module, the Python."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in dict.fromkeys(folders):
        digest.update(b"\1")  # a folder without a file is a folder, too
        for path in sorted(folder.glob("*/*.yaml")):
            digest.update(f"\0{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    for path in _modules(Path(__file__).parent):
        stat = path.stat()
        digest.update(f"\0{path}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def _modules(package: Path) -> Iterator[Path]:
    yield from sorted(path for path in package.rglob("*") if path.suffix in (".py", ".txt"))


def _read(path: Path, kind: type[Thing]) -> Thing | None:
    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (stat.st_uid != os.getuid() or stat.st_mode & 0o022):
                return None
            copy = without_collector(lambda: pickle.load(file))  # noqa: S301 - written by this user alone
    except Exception:
        return None
    return copy if isinstance(copy, kind) else None


def without_collector(build: Callable[[], Thing]) -> Thing:
    """What `build` makes; the collector rests meanwhile, as it would walk all that was made so far again and again."""
    at_work = gc.isenabled()
    gc.disable()
    try:
        return build()
    finally:
        if at_work:
            gc.enable()


def _write(path: Path, thing: object) -> None:
    import tempfile  # rarely needed, and slow to import

    try:
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            pickle.dump(thing, file, protocol=pickle.HIGHEST_PROTOCOL)
        Path(file.name).replace(path)
        copies = sorted(path.parent.glob("*.pickle"), key=lambda copy: copy.stat().st_mtime, reverse=True)
        for old in copies[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return
