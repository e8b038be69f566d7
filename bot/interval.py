"""How far a share that was counted may lie from the true one."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

STEPS = 60  # of bisection; more than a float can tell apart


def binomial_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The exact (Clopper-Pearson, 1934) bounds of a share of which `hits` in `n` were counted, 0 to 1.

    >>> [round(bound, 3) for bound in binomial_interval(0, 100)]
    [0.0, 0.036]
    >>> [round(bound, 3) for bound in binomial_interval(97, 100)]
    [0.915, 0.994]
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits in {n} trials cannot be: count again")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _crossing(lambda share: 1 - _at_most(hits - 1, n, share) < tail)
    high = 1.0 if hits == n else _crossing(lambda share: _at_most(hits, n, share) > tail)
    return low, high


def _crossing(below: Callable[[float], bool]) -> float:
    """The share at which `below`, true for small shares, turns false."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(hits: int, n: int, share: float) -> float:
    """The probability of at most `hits` in `n` trials."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if hits >= n else 0.0
    if hits < n * share:
        return min(1.0, _tail(range(hits, -1, -1), n, share))
    return max(0.0, 1.0 - _tail(range(hits + 1, n + 1), n, share))


def _tail(counts: range, n: int, share: float) -> float:
    """The probability of any of `counts`, which lead away from the likeliest; what makes no difference is left out."""
    total = 0.0
    for k in counts:
        term = exp(_log_choose(n, k) + k * log(share) + (n - k) * log1p(-share))
        if total + term == total:
            break
        total += term
    return total


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
