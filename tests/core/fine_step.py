"""Heat stores integrated step by small step: what the models of the core are held to.

Written from the physics alone, and as simply as can be: nothing of `core` is used.
Powers in W, temperatures in °C, capacities in Wh/K, time in s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

STEP_S = 5.0


@dataclass(slots=True)
class Store:
    """One well-mixed store: a tank, a loop, a room.

    `heat_w` and `draw_w` are functions of time. The thermostat, if any, heats with
    `backup_w` from `on_c` until `off_c`.
    """

    capacity_wh_per_k: float
    loss_w_per_k: float
    temperature_c: float
    heat_w: Callable[[float], float]
    draw_w: Callable[[float], float]
    around_c: Callable[[float], float]
    cold_c: float = -273.0
    backup_w: float = 0.0
    on_c: float = -273.0
    off_c: float = -273.0
    backup_on: bool = False
    time_s: float = 0.0
    backup_wh: float = 0.0
    drawn_wh: float = 0.0

    def run(self, seconds: float) -> float:
        """Integrate (Heun) and return the temperature."""
        hours = STEP_S / 3600
        for _ in range(round(seconds / STEP_S)):
            if self.temperature_c <= self.on_c:
                self.backup_on = True
            if self.temperature_c >= self.off_c:
                self.backup_on = False
            backup_w = self.backup_w if self.backup_on else 0.0
            draw_w = self.draw_w(self.time_s)
            first = self._slope(self.temperature_c, backup_w, draw_w)
            second = self._slope(self.temperature_c + first * hours, backup_w, draw_w)
            after_c = self.temperature_c + (first + second) / 2 * hours
            if after_c < self.cold_c and draw_w > 0:
                short_w = (self.cold_c - after_c) * self.capacity_wh_per_k / hours
                short_w = min(draw_w, short_w)
                after_c += short_w * hours / self.capacity_wh_per_k
                draw_w -= short_w
            self.temperature_c = after_c
            self.backup_wh += backup_w * hours
            self.drawn_wh += draw_w * hours
            self.time_s += STEP_S
        return self.temperature_c

    def _slope(self, temperature_c: float, backup_w: float, draw_w: float) -> float:
        lost_w = self.loss_w_per_k * (temperature_c - self.around_c(self.time_s))
        net_w = self.heat_w(self.time_s) + backup_w - draw_w - lost_w
        return net_w / self.capacity_wh_per_k


@dataclass(slots=True)
class Column:
    """A column of water in many layers, from the top down, heated at the bottom.

    Water is drawn at the top and mixed down to `tap_c`; as much cold water comes in
    below. With three layers this is the model's own equation, with many it comes
    near a real tank, in which warm water stays above cold.
    """

    layers_c: list[float]
    capacity_wh_per_k: float
    loss_w_per_k: float
    around_c: float
    cold_c: float
    tap_c: float
    heat_w: Callable[[float], float]
    draw_w: Callable[[float], float]
    heated_share: float = 1 / 3
    time_s: float = 0.0

    def run(self, seconds: float) -> list[float]:
        """Integrate (Euler) and return the layers."""
        count = len(self.layers_c)
        node = self.capacity_wh_per_k / count
        heated = max(1, round(count * self.heated_share))
        hours = STEP_S / 3600
        for _ in range(round(seconds / STEP_S)):
            temperatures = self.layers_c
            lift_k = max(self.tap_c, temperatures[0]) - self.cold_c
            moved = self.draw_w(self.time_s) * hours / lift_k / node
            heat_k = self.heat_w(self.time_s) * hours / node / heated
            lost = self.loss_w_per_k / count * hours / node
            below = [*temperatures[1:], self.cold_c]
            after = [
                here
                + moved * (under - here)
                - lost * (here - self.around_c)
                + (heat_k if index >= count - heated else 0.0)
                for index, (here, under) in enumerate(
                    zip(temperatures, below, strict=True)
                )
            ]
            self.layers_c = _overturned(after)
            self.time_s += STEP_S
        return self.layers_c


def _overturned(layers_c: list[float]) -> list[float]:
    """Mix whatever is warmer than what lies above it."""
    if all(above >= below for above, below in pairwise(layers_c)):
        return layers_c
    pools: list[tuple[float, int]] = []
    for temperature_c in layers_c:
        mean, size = temperature_c, 1
        while pools and pools[-1][0] < mean:
            above, above_size = pools.pop()
            mean = (mean * size + above * above_size) / (size + above_size)
            size += above_size
        pools.append((mean, size))
    return [mean for mean, size in pools for _ in range(size)]
