"""What the service counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.decision import Alarmed, Answered
from bot.reply import Reply

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
NO_INTENT = ""  # of replies that answer nothing


class Metrics:
    """The counters of one service. No label holds anything that a person typed."""

    def __init__(self, dropped: Callable[[], int], kb: Callable[[], str]) -> None:
        """`dropped`: rows that the log lost; `kb`: hash of the content that is served."""
        registry = CollectorRegistry()
        self._registry = registry
        self.replies = Counter("faqbot_replies", "Replies by kind and intent.", ("kind", "intent"), registry=registry)
        self.seconds = Histogram(
            "faqbot_reply_seconds", "Time from a request to its reply.", registry=registry, buckets=SECONDS
        )
        self.safety = Counter("faqbot_safety", "Replies of safety by category.", ("category",), registry=registry)
        self.handovers = Counter("faqbot_handovers", "Replies that pass on, by why.", ("reason",), registry=registry)
        self.feedback = Counter("faqbot_feedback", "Feedback that was kept.", ("helpful",), registry=registry)
        self.problems = Counter("faqbot_problems", "Requests refused, by status.", ("status",), registry=registry)
        self.reloads = Counter("faqbot_reloads", "Reloads of the content.", ("result",), registry=registry)
        registry.register(_Now(dropped, kb))

    def count(self, reply: Reply, seconds: float) -> None:
        """Count a reply and the time it took."""
        self.seconds.observe(seconds)
        answers = [part.intent for part in reply.parts if isinstance(part, Answered)]
        for intent in answers or [NO_INTENT]:
            self.replies.labels(reply.kind, intent).inc()
        for part in reply.parts:
            if isinstance(part, Alarmed):
                self.safety.labels(part.category).inc()
        if reply.handover:
            self.handovers.labels(reply.handover).inc()

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Now(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, dropped: Callable[[], int], kb: Callable[[], str]) -> None:
        self._dropped, self._kb = dropped, kb

    def collect(self) -> Iterator[Metric]:
        """The rows that the log lost, and the content that is served."""
        yield CounterMetricFamily("faqbot_log_dropped_rows", "Rows that the log lost.", value=self._dropped())
        yield InfoMetricFamily("faqbot_knowledge_base", "The content that is served.", value={"hash": self._kb()})
