"""What POST /v1/ask costs, beside a bare ASGI application and FastAPI saying back what it got, in the same run.

python -m benchmarks.serve [--rounds 5] [--seconds 4] [--memory 200000]

Needs wrk. Every server is one process with uvloop and httptools, asked over kept connections.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from timeit import repeat
from typing import NamedTuple
from urllib.request import Request, urlopen

from bot.engine import Bot
from bot.knowledge.suites import read_suites

ROOT = Path(__file__).parents[1]
QUESTION = "is ketamine an opioid?"
CONNECTIONS = 10
LONGEST = 150  # characters of a question
LUA = """
local bodies = {BODIES}
local at = 0
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", "/v1/ask", {["Content-Type"] = "application/json"}, bodies[at])
end
"""
UNITS = {"us": 0.001, "ms": 1, "s": 1000}


class Figures(NamedTuple):
    """One run of wrk: requests a second, milliseconds at the median and the 99th percentile, processor time (µs)."""

    rate: float
    p50: float
    p99: float
    cpu: float  # of the server for a request, all its threads; other work on the machine changes it least


class Peer(NamedTuple):
    """A server that is measured: its name in the table, its port, its process and the questions it is asked."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    script: Path


@contextmanager
def running(arguments: Sequence[str], port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server as a process, until it is done with; waits until it answers."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("FAQBOT_")} | environment
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1200):
            try:
                asked(port, QUESTION)
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{' '.join(arguments)} does not start") from None
                time.sleep(0.1)
        else:
            raise SystemExit(f"{' '.join(arguments)} does not answer")
        yield process
    finally:
        process.terminate()
        process.wait()


def asked(port: int, question: str) -> bytes:
    """The answer to a question."""
    body = json.dumps({"text": question}).encode()
    request = Request(f"http://127.0.0.1:{port}/v1/ask", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        sent: bytes = answer.read()
    return sent


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def wrk(peer: Peer, seconds: int) -> Figures:
    """One run of wrk; raises SystemExit where an answer was none."""
    before = busy(peer.process)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(peer.script)]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{peer.port}"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in done or "Socket errors" in done:
        raise SystemExit(f"{peer.name} refused or dropped requests:\n{done}")
    found = dict(re.findall(r"(50|99)%\s+([\d.]+(?:us|ms|s))", done))
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", done)[0])
    requests = int(re.findall(r"(\d+) requests in", done)[0])
    cpu = 1e6 * (busy(peer.process) - before) / requests
    return Figures(rate, milliseconds(found["50"]), milliseconds(found["99"]), cpu)


def busy(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has taken."""
    values = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")


def milliseconds(text: str) -> float:
    """A time as wrk writes it."""
    number, unit = re.findall(r"([\d.]+)(us|ms|s)", text)[0]
    return float(number) * UNITS[unit]


def script(folder: Path, name: str, questions: Sequence[str]) -> Path:
    """A script for wrk that asks these questions in turn."""
    bodies = ",".join("[==[" + json.dumps({"text": question}) + "]==]" for question in questions)
    path = folder / f"{name}.lua"
    path.write_text(LUA.replace("BODIES", bodies), encoding="utf-8")
    return path


def questions() -> list[str]:
    """Every question of the suites that stands alone and is no alarm, each once."""
    found, problems = read_suites([ROOT / "tests" / "questions"])
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    alone = (one.question for one in found if not (one.safety or one.before))
    return list(dict.fromkeys(text for text in alone if len(text) < LONGEST))


def of_the_bot(bot: Bot, messages: Sequence[str]) -> float:
    """Milliseconds of Bot.reply, in this process."""
    times = repeat(lambda: [bot.reply(message) for message in messages], number=1, repeat=3)
    return 1000 * min(times) / len(messages)


def resident(process: subprocess.Popen[bytes]) -> int:
    """Kilobytes of memory that a process holds."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


def started(stack: ExitStack, folder: Path) -> list[Peer]:
    """Every server, and what it is asked."""
    one, many = script(folder, "one", [QUESTION]), script(folder, "many", questions())
    serve = ("-m", "bot", "serve", "--port")
    ports = [free_port() for _ in range(4)]
    settings = {"FAQBOT_RATE": "999999999/second", "FAQBOT_DATABASE_URL": f"sqlite:///{folder / 'log.db'}"}
    logged = stack.enter_context(running([*serve, str(ports[0])], ports[0], **settings))
    silent = stack.enter_context(running([*serve, str(ports[1]), "--no-log"], ports[1], **settings))
    size = {"PEER_SIZE": str(len(asked(ports[0], QUESTION)))}
    uvicorn = ("-m", "uvicorn", "--http", "httptools", "--loop", "uvloop", "--no-access-log", "--port")
    bare = stack.enter_context(running([*uvicorn, str(ports[2]), "benchmarks.peers:bare"], ports[2], **size))
    echo = stack.enter_context(running([*uvicorn, str(ports[3]), "benchmarks.peers:echo"], ports[3], **size))
    return [
        Peer("bare ASGI", ports[2], bare, one),
        Peer("FastAPI, saying it back", ports[3], echo, one),
        Peer("faqbot, one question", ports[0], logged, one),
        Peer("faqbot, one question, no log", ports[1], silent, one),
        Peer("faqbot, different questions", ports[0], logged, many),
        Peer("faqbot, different questions, no log", ports[1], silent, many),
    ]


def report(peers: Sequence[Peer], rounds: int, seconds: int) -> None:
    """Measure all in turn, so often, and print the table of medians."""
    runs = [[wrk(peer, seconds) for peer in peers] for _ in range(rounds + 1)][1:]  # the first warms up
    figures = [Figures(*(median(values) for values in zip(*found, strict=True))) for found in zip(*runs, strict=True)]
    echo = figures[1]
    print("| server | requests/s | share of FastAPI | p50 ms | p99 ms | p99 beside FastAPI | processor µs |")
    print("|---|---|---|---|---|---|---|")
    for peer, found in zip(peers, figures, strict=True):
        beside = f"{found.rate / echo.rate:.2f} | {found.p50:.2f} | {found.p99:.2f} | {found.p99 / echo.p99:.1f}"
        print(f"| {peer.name} | {found.rate:.0f} | {beside} | {found.cpu:.0f} |")
    for logged, silent, what in ((2, 3, "one question"), (4, 5, "different questions")):
        rate = 100 * (1 - figures[logged].rate / figures[silent].rate)
        cpu = figures[logged].cpu - figures[silent].cpu
        print(f"the log, {what}: {rate:.1f} % of the requests/s, {cpu:.0f} µs of the processor a turn")


def hold(peer: Peer, requests: int) -> None:
    """Ask so many questions, and print what the memory of the server did."""
    rate = wrk(peer, 10).rate  # what is kept ready is kept by then
    before, asked_for = resident(peer.process), 0.0
    while asked_for < requests:
        seconds = min(30, 1 + math.ceil((requests - asked_for) / rate))
        rate = wrk(peer, seconds).rate
        asked_for += rate * seconds
    after = resident(peer.process)
    print(
        f"memory over {asked_for:.0f} requests ({peer.name}): {before} to {after} kB, "
        f"{100 * (after / before - 1):+.1f} %"
    )


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--memory", type=int, default=0, metavar="REQUESTS")
    args = parser.parse_args()
    bot = Bot.load()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        peers = started(stack, Path(folder))
        report(peers, args.rounds, args.seconds)
        print(f"Bot.reply alone: {of_the_bot(bot, [QUESTION] * 200):.2f} ms for the one question,", end=" ")
        print(f"{of_the_bot(bot, questions()):.2f} ms for a different one")
        if args.memory:
            hold(peers[2], args.memory)
            hold(peers[4], args.memory // 10)


if __name__ == "__main__":
    main()
