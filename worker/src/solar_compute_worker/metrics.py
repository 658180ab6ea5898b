"""What the service knows, as Prometheus reads it (text format 0.0.4).

Pure: statuses in, text out. A value that is not known has no line, never a 0.
"""

from collections.abc import Callable, Iterable

from .status import State, Status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Value = Callable[[Status], float | None]

# Name after "solar_compute_worker_", help, how to get it from a status.
_GAUGES: tuple[tuple[str, str, Value], ...] = (
    ("level", "Level in force, 0 is paused.", lambda one: one["level"]),
    ("power_watts", "What the job adds to the draw.", lambda one: one["power_w"]),
    ("has_work", "Whether to run would do anything.", lambda one: one["has_work"]),
    ("generation", "Current generation.", lambda one: one["generation"]),
    (
        "lease_remaining_seconds",
        "How long the lease still lasts.",
        lambda one: one["lease_remaining_s"],
    ),
    ("progress_ratio", "How far the job is.", lambda one: one["progress"]),
    (
        "checkpoint_age_seconds",
        "Running time since the last checkpoint.",
        lambda one: one["checkpoint_age_s"],
    ),
)


def exposition(statuses: Iterable[Status]) -> str:
    """Return the metrics of all workers, and of the machine."""
    workers = list(statuses)
    lines: list[str] = []
    for name, text, value in _GAUGES:
        lines += _family(
            name,
            text,
            (({"worker": one["name"]}, value(one)) for one in workers),
        )
    lines += _family(
        "state",
        "1 for the state that the worker is in.",
        (
            ({"worker": one["name"], "state": state}, one["state"] == state)
            for one in workers
            for state in State
        ),
    )
    lines += _family(
        "cause",
        "1 for why the worker is as it is.",
        (({"worker": one["name"], "cause": one["cause"]}, 1) for one in workers),
    )
    lines += _family(
        "jobs",
        "Jobs of a queue.",
        (
            ({"worker": one["name"], "where": where}, count)
            for one in workers
            for where, count in (one["jobs"] or {}).items()
        ),
    )
    for one in workers[:1]:
        lines += _family(
            "machine_watts",
            "What the machine draws as measured.",
            [({}, one["machine_w"])],
        )
        lines += _family(
            "machine_idle_watts",
            "What it draws with all workers paused.",
            [({}, one["idle_w"])],
        )
    return "\n".join(lines) + "\n"


def _family(
    name: str, text: str, samples: Iterable[tuple[dict[str, str], float | None]]
) -> list[str]:
    full = f"solar_compute_worker_{name}"
    lines = [
        f"{full}{_labels(labels)} {float(value):.10g}"
        for labels, value in samples
        if value is not None
    ]
    return [f"# HELP {full} {text}", f"# TYPE {full} gauge", *lines] if lines else []


def _labels(labels: dict[str, str]) -> str:
    # Names of workers have nothing in them that would need escaping.
    inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{{{inner}}}" if inner else ""
