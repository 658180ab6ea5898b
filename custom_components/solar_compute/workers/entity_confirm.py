"""What says that a worker runs, and the patience with it.

A confirmation is believed over what the worker's switch shows. After a command it may be
late for a while; what has not shown by then has not happened. May read states; must
never call an action.
"""

from dataclasses import dataclass, replace

from homeassistant.core import HomeAssistant

from .. import units
from ..core.model import WorkerState
from .base import WorkerUnreachable
from .entity_control import PAUSED, Shown, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """An entity that is on while the worker runs.

    With `above_w` it is a power sensor that shows more than that. A change may take
    `within_s` to show.
    """

    entity: str
    above_w: float | None = None
    within_s: float = 120.0

    def runs(self, hass: HomeAssistant) -> bool:
        """Tell whether it says that the worker runs.

        Raises WorkerUnreachable where it does not say.
        """
        state = said(hass, self.entity)
        if self.above_w is not None:
            power_w = units.power_w(state)
            runs = None if power_w is None else power_w > self.above_w
        else:
            runs = units.is_on(state)
        if runs is None:
            raise WorkerUnreachable(f"{self.entity} is {state.state}")
        return runs


class Asked:
    """What a worker was told last, for as long as that may take to show.

    A command that did not show in time costs the benefit of the doubt: the next one
    does not count as obeyed before it shows.
    """

    def __init__(self, within_s: float) -> None:
        """Nothing was asked yet."""
        self._within_s = within_s
        self._level: int | None = None
        self._since_s = 0.0
        self._trusted = True
        self._was_on = False

    def begin(self, level: int, now_s: float) -> None:
        """Note a command; repeating it does not prolong the wait."""
        if not self.is_waiting_for(level, now_s):
            self._level, self._since_s = level, now_s

    def forget(self) -> None:
        """Expect nothing more of what was asked."""
        self._level = None

    def is_waiting_for(self, level: int, now_s: float) -> bool:
        """Tell whether this level was asked for, and may still show."""
        return self._level == level and now_s - self._since_s < self._within_s

    def confirmed(self, shown: Shown, *, runs: bool, now_s: float) -> Shown:
        """Return what a worker does, of which the confirmation says whether it runs."""
        is_on = shown.state is WorkerState.RUNNING
        if is_on and not self._was_on and self._level is None:
            # Somebody else has switched it on: it may take its time as well.
            self.begin(shown.level or 1, now_s)
        self._was_on = is_on
        if not runs and shown.state in (WorkerState.RUNNING, WorkerState.STARTING):
            # It may start any moment: it must not pass for paused.
            state = replace(shown, state=WorkerState.UNKNOWN, level=None)
        elif not runs:
            state = shown if shown.state is WorkerState.DRAINING else PAUSED
        elif shown.state is WorkerState.PAUSED:
            state = replace(shown, state=WorkerState.RUNNING, level=None)
        elif shown.state is None:
            state = replace(shown, state=WorkerState.RUNNING)
        else:
            state = shown
        return self._patient(state, runs=runs, now_s=now_s)

    def late(self, shown: Shown, now_s: float) -> Shown:
        """Return what a worker does that confirms by its own state, only late."""
        runs = shown.state is WorkerState.RUNNING
        return self._patient(shown, runs=runs, now_s=now_s)

    def _patient(self, shown: Shown, *, runs: bool, now_s: float) -> Shown:
        level = self._level
        if shown.state is WorkerState.DRAINING:
            # Its time to show begins when it is cut off.
            self._since_s = now_s
            return shown
        if level is None:
            return shown
        if runs is (level > 0):
            self._level, self._trusted = None, True
            return shown
        if now_s - self._since_s >= self._within_s:
            self._level, self._trusted = None, False
            return shown
        state = WorkerState.STARTING if level else WorkerState.DRAINING
        believed = level if self._trusted else None
        return replace(shown, state=state, level=believed)
