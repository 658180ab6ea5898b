"""A clock that can stand at another time of the year, and go faster.

With it a picture taken at night shows noon, and a whole day passes in minutes. Only what
is started by `Clock.command` has it, and whoever asks `Clock.now`; everything else on the
machine keeps the time that it is. Standard library only, and no imports from this
package: it runs as a plain file, before a Python program does.
"""

from collections.abc import Callable
import ctypes
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
import gc
import runpy
import selectors
import sys
import time
from typing import Any

_monotonic = time.monotonic


@dataclass(frozen=True, slots=True)
class Clock:
    """A time that begins at `begins` and goes `speed` times faster than the real one.

    `since_s` is the machine's monotonic clock at the beginning: as all programs share
    that, all that are given this clock agree.
    """

    begins: datetime
    speed: float = 1.0
    since_s: float = field(default_factory=time.monotonic)

    @property
    def passed_s(self) -> float:
        """Return the seconds of this clock since its beginning."""
        return (_monotonic() - self.since_s) * self.speed

    def now(self) -> datetime:
        """Return what time it is, in the zone of `begins`."""
        return self.begins + timedelta(seconds=self.passed_s)

    def command(self, module: str) -> list[str]:
        """Return what starts a module of Python with this clock; arguments may follow."""
        return [
            *(sys.executable, __file__, self.begins.isoformat()),
            *(str(self.speed), str(self.since_s), module),
        ]


def install(clock: Clock) -> None:
    """Let this process have no other clock; what is imported later has it too.

    What waits in the event loop waits shorter; threads wait as long as ever.
    """
    begins_s = clock.begins.timestamp()

    def wall_s() -> float:
        return begins_s + clock.passed_s

    def steady_s() -> float:
        return clock.since_s + clock.passed_s

    def now(cls: type[datetime], tz: tzinfo | None = None) -> datetime:
        return cls.fromtimestamp(wall_s(), tz)

    def utcnow(cls: type[datetime]) -> datetime:
        return cls.fromtimestamp(wall_s(), UTC).replace(tzinfo=None)

    def today(cls: type[date]) -> date:
        return cls.fromtimestamp(wall_s())

    for name, replaced in {
        "time": wall_s,
        "time_ns": lambda: int(wall_s() * 1e9),
        "monotonic": steady_s,
        "monotonic_ns": lambda: int(steady_s() * 1e9),
    }.items():
        setattr(time, name, replaced)
    _teach(datetime, now=now, utcnow=utcnow)
    _teach(date, today=today)
    _hurry(clock.speed)


def _teach(kind: type, **methods: Callable[..., Any]) -> None:
    """Replace methods of a class of CPython's own, which it does not allow by itself.

    In place: a class that looks like it would not be it for all who look closely.
    """
    (namespace,) = gc.get_referents(kind.__dict__)
    namespace.update({name: classmethod(method) for name, method in methods.items()})
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def _hurry(speed: float) -> None:
    """Have event loops wait shorter, as their clock goes faster."""
    select = selectors.EpollSelector.select

    def sooner(
        self: selectors.EpollSelector, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        return select(self, timeout / speed if timeout else timeout)

    selectors.EpollSelector.select = sooner  # type: ignore[method-assign, assignment]


def main(begins: str, speed: str, since_s: str, module: str) -> None:
    """Run a module as the program that it is, with this clock."""
    # The folder of this file is no place to import from.
    del sys.path[0]
    install(Clock(datetime.fromisoformat(begins), float(speed), float(since_s)))
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    ours, sys.argv = sys.argv[1:5], [sys.argv[0], *sys.argv[5:]]
    main(*ours)
