"""What is counted, for Prometheus: under TF Serving's path and by its names."""

import prometheus_client

from tfstyle.server.refusals import Code

PATH = "/monitoring/prometheus/metrics"
"""Where TF Serving has them, as `export/monitoring.config` says."""

LATENCY_BOUNDS = tuple(1000 * 2**power for power in range(18))
"""In microseconds: from a millisecond to two minutes."""


class Metrics:
    """Requests by model and status, how long they took, and how many are in work."""

    def __init__(self) -> None:
        """Begins at zero; with what the process itself takes, such as its memory."""
        # Else each count would come with the time of its first, which TF Serving does not tell.
        prometheus_client.disable_created_metrics()
        self._registry = prometheus_client.CollectorRegistry()
        prometheus_client.ProcessCollector(registry=self._registry)
        self._requests = prometheus_client.Counter(
            ":tensorflow:serving:request_count",
            "Requests of :predict by model and status.",
            ["model_name", "status"],
            registry=self._registry,
        )
        self._latency = prometheus_client.Histogram(
            ":tensorflow:serving:request_latency",
            "Microseconds from a request's whole body to its answer.",
            ["model_name", "API", "entrypoint"],
            buckets=LATENCY_BOUNDS,
            registry=self._registry,
        )
        self._in_work = prometheus_client.Gauge(
            ":tfstyle:serving:requests_in_work",
            "Requests that are read, wait or are answered.",
            registry=self._registry,
        )

    def count(self, model: str, code: Code, seconds: float | None = None) -> None:
        """Counts a request.

        Args:
            model: its model; empty where there is none of that name.
            code: how it ended.
            seconds: how long it took, of one that was answered.
        """
        self._requests.labels(model, code.name).inc()
        if seconds is not None:
            self._latency.labels(model, "predict", "REST").observe(1e6 * seconds)

    def set_in_work(self, count: int) -> None:
        """Tells how many requests there are at present."""
        self._in_work.set(count)

    def page(self) -> bytes:
        """Returns the page that Prometheus reads."""
        return prometheus_client.generate_latest(self._registry)
