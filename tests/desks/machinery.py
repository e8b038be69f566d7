"""What starting and stopping a real help desk for tests takes, whichever it is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE = 120  # seconds that a desk may take to answer


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints; raises RuntimeError with its errors."""
    done = subprocess.run(
        [*map(str, command)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
    return port


def started(name: str, folder: Path, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    """Start a process that goes on without us, and write down its id."""
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*map(str, command)], env={**os.environ, **environment}, cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
    (folder / f"{name}.pid").write_text(str(process.pid), encoding="utf-8")


def stop(name: str, folder: Path) -> None:
    """End a process that was started here, and all that it started."""
    path = folder / f"{name}.pid"
    if not path.is_file():
        return
    number = int(path.read_text(encoding="utf-8"))
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(number, kind)
        except ProcessLookupError:
            break
        for _ in range(50):
            if not _alive(number):
                break
            time.sleep(0.1)
    path.unlink()


def wait_for(url: str, headers: Mapping[str, str], name: str, folder: Path) -> None:
    """Wait until a URL answers with success; raises RuntimeError with the log where it does not."""
    last = ""
    for _ in range(PATIENCE * 4):
        try:
            request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 - on this machine
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return
        except (urllib.error.URLError, OSError) as error:
            last = str(error)
        time.sleep(0.25)
    log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"{name} does not answer at {url} ({last}); its log ends:\n{log[-3000:]}")


def _alive(number: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(number, os.WNOHANG)  # where it is ours, it must be collected
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True
