"""A kettle passes, a cloud that lasts does not: the switching rule at work."""

from datetime import timedelta

from benchmarks.svg import Scale, label, rule
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision, WorkerDecision
from custom_components.solar_compute.core.simulate import Conditions, new_house
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .canvas import LEFT, RIGHT, Frame, box, sheet
from .homes import EXPORT, IMPORT, JUNE
from .loop import looks

STEP_S = 30
BEGIN, END_MIN = JUNE + timedelta(hours=9, minutes=30), 210
START_COST = 0.02
ACROSS = Scale(0.0, END_MIN, LEFT, RIGHT)
SPEC = SiteSpec(
    import_per_kwh=IMPORT,
    export_per_kwh=EXPORT,
    workers=(
        WorkerSpec(
            key="cruncher",
            name="Cruncher",
            levels_w=(500.0,),
            value_per_kwh=0.15,
            start_cost=START_COST,
        ),
    ),
)
SUN, KETTLE, CLOUD = 10, (45, 49), (90, 140)
"""When the sun begins, and how long kettle and cloud last, in minutes."""


def balance_w(minute: float) -> float:
    """Return what the home has left before the worker draws."""
    if minute < SUN:
        return 100.0
    if CLOUD[0] <= minute < CLOUD[1]:
        return 150.0
    return 900.0 - (2200.0 if KETTLE[0] <= minute < KETTLE[1] else 0.0)


def morning() -> list[Decision]:
    """Return every decision of the morning, one in `STEP_S` seconds."""
    steps = range(END_MIN * 60 // STEP_S)
    world = (
        Conditions(
            balance_w=balance_w(index * STEP_S / 60),
            local=BEGIN + timedelta(seconds=index * STEP_S),
        )
        for index in steps
    )
    seen = looks(SPEC, new_house(SPEC), world, STEP_S, Memory())
    return [look.decision for look in seen]


def draw() -> str:
    """Return three panels: what is left over, what it is worth, what is done."""
    # The meters say nothing yet when the first decision is made.
    seen = list(enumerate(morning()))[1:]
    times = [index * STEP_S / 60 for index, _ in seen]
    workers = [decision.workers[0] for _, decision in seen]
    levels = [worker.level for worker in workers]
    return sheet(
        "A kettle passes, a cloud that lasts does not",
        456,
        [
            *_left(times),
            *_worth(times, workers),
            *_power(times, [worker.power_w for worker in workers]),
            *_notes(times, levels),
        ],
    )


def _left(times: list[float]) -> list[str]:
    frame = Frame(ACROSS, Scale(-1400.0, 900.0, 148.0, 72.0))
    values = [(at, balance_w(at)) for at in times]
    return [
        label(16, 56, "Left over without the worker (W)", "head"),
        *frame.rows((-1000.0, 0.0, 900.0)),
        frame.curve(values, "export", area=True, steps=True),
        label(ACROSS.at(KETTLE[1]) + 8, 143, "a kettle", "small"),
        label(ACROSS.at(sum(CLOUD) / 2), 92, "a cloud", "small", "middle"),
    ]


def _worth(times: list[float], workers: list[WorkerDecision]) -> list[str]:
    frame = Frame(ACROSS, Scale(-8.0, 4.0, 322.0, 206.0))
    body = [
        label(16, 188, "Worth of running (ct per hour)", "head"),
        box(LEFT + 300, 180, 9, 9, "chip quiet"),
        label(LEFT + 314, 188, "now", "small"),
        box(LEFT + 364, 180, 9, 9, "chip import"),
        label(LEFT + 378, 188, "mean, begun anew at every switch", "small"),
        *frame.rows((-5.0, 0.0)),
    ]
    policy = SPEC.policy
    for per_h, words in (
        (START_COST * 3600 / policy.start_horizon_s, "start"),
        (-START_COST * 3600 / policy.stop_horizon_s, "stop"),
    ):
        y = frame.up.at(per_h * 100)
        body += [
            rule(LEFT, y, RIGHT, y, "limit"),
            label(LEFT - 8, y + 4, words, "small", "end"),
        ]
    now = [100 * worker.judged.total if worker.judged else 0.0 for worker in workers]
    mean = [100 * (worker.mean_worth or 0.0) for worker in workers]
    return [
        *body,
        frame.curve(list(zip(times, now, strict=True)), "quiet", steps=True),
        frame.curve(list(zip(times, mean, strict=True)), "strong import"),
    ]


def _power(times: list[float], powers_w: list[float]) -> list[str]:
    frame = Frame(ACROSS, Scale(0.0, 500.0, 424.0, 376.0))
    hours = [
        (float(minute), f"{BEGIN + timedelta(minutes=minute):%H:%M}")
        for minute in range(0, END_MIN + 1, 30)
    ]
    return [
        label(16, 360, "The worker (W)", "head"),
        *frame.rows((0.0, 500.0)),
        frame.curve(
            list(zip(times, powers_w, strict=True)), "good", area=True, steps=True
        ),
        *frame.columns(hours),
    ]


def _notes(times: list[float], levels: list[int]) -> list[str]:
    """Return how long sun and cloud had lasted at each switch."""
    changes = [
        at
        for at, before, after in zip(times[1:], levels, levels[1:], strict=False)
        if before != after
    ]
    since = (SUN, CLOUD[0], CLOUD[1])
    words = (
        "starts after {:.0f} min of sun",
        "stops after {:.0f} min",
        "starts after {:.0f} min",
    )
    return [
        label(ACROSS.at(at) + 6, 404, text.format(at - began), "small")
        for at, began, text in zip(changes, since, words, strict=True)
    ]
