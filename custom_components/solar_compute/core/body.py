"""Something that stores heat, and how it cools when nothing heats it.

    C · dT/dt = heat in − UA · (T − T_ambient) − use(local hour)

One well-mixed node: enough to schedule by (arXiv 2312.04102). Powers are constant
within a local hour, so every stretch has an exact solution. A tank with its
thermostat, as a simulated home has it, is `simulated_tank`. Pure functions of
numbers, standard library only; it must never know what the body is, a tank or a
room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

from .heat import POSITIVE
from .times import HOUR_S

NO_USE = (0.0,) * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatBody:
    """A tank or a room as a store of heat.

    `loss_w_per_k` is what it loses per kelvin above `ambient_c`; `use_w` the heat
    that is drawn from it in each of the 24 local hours, which cannot cool it
    below `cold_c`.
    """

    capacity_wh_per_k: float
    loss_w_per_k: float
    ambient_c: float
    use_w: tuple[float, ...] = NO_USE
    cold_c: float = 10.0

    def kept(self, seconds: float) -> float:
        """Return the share of a little more heat that is still there later.

        e^(−UA·t/C): what is drawn is drawn with it or without it.
        """
        capacity = max(self.capacity_wh_per_k, POSITIVE)
        return exp(-max(0.0, self.loss_w_per_k) * seconds / HOUR_S / capacity)


def hour_of(local: datetime) -> float:
    """Return the local hour as a float: 6.5 is half past six."""
    return local.hour + local.minute / 60 + local.second / HOUR_S


def after_c(
    body: HeatBody,
    temperature_c: float,
    seconds: float,
    hour: float,
    heat_w: float = 0.0,
) -> float:
    """Return the temperature after `seconds`, from the local hour `hour` on.

    `hour` is a float: 6.5 is half past six. `heat_w` is put in all the while.
    """
    for length_s, use_w in _stretches(body, seconds, hour):
        temperature_c = _stretch_c(body, temperature_c, length_s, heat_w, use_w)
    return temperature_c


def seconds_until(
    body: HeatBody, temperature_c: float, floor_c: float, hour: float, limit_s: float
) -> float:
    """Return when the body will have cooled to `floor_c`, in s from now.

    0 where it is no warmer now; `limit_s` where that takes longer, or for ever.
    """
    passed_s = 0.0
    for length_s, use_w in _stretches(body, limit_s, hour):
        if temperature_c <= floor_c:
            return passed_s
        later_c = _stretch_c(body, temperature_c, length_s, 0.0, use_w)
        if later_c <= floor_c:
            within_s = _crossing_s(body, temperature_c, floor_c, use_w)
            return passed_s + min(max(0.0, within_s), length_s)
        temperature_c = later_c
        passed_s += length_s
    return limit_s


def _stretches(
    body: HeatBody, seconds: float, hour: float
) -> Iterator[tuple[float, float]]:
    """Yield (seconds, use in W) of every local hour that the time reaches into."""
    left_s, hour = seconds, hour % 24
    while left_s > 0:
        index = int(hour) % 24
        length_s = min(left_s, (int(hour) + 1 - hour) * HOUR_S)
        use_w = body.use_w[index] if len(body.use_w) == 24 else 0.0
        yield length_s, max(0.0, use_w)
        left_s -= length_s
        hour = float(index + 1)


def _stretch_c(
    body: HeatBody, temperature_c: float, seconds: float, heat_w: float, use_w: float
) -> float:
    """Return the temperature after a time of constant powers."""
    hours, capacity = seconds / HOUR_S, max(body.capacity_wh_per_k, POSITIVE)
    loss_w_per_k = max(0.0, body.loss_w_per_k)
    lowest_c = min(body.cold_c, temperature_c)
    net_w = heat_w - use_w
    if loss_w_per_k * hours / capacity < 1e-9:
        slope = net_w - loss_w_per_k * (temperature_c - body.ambient_c)
        return max(lowest_c, temperature_c + slope * hours / capacity)
    rest_c = body.ambient_c + net_w / loss_w_per_k
    decay = exp(-loss_w_per_k * hours / capacity)
    return max(lowest_c, rest_c + (temperature_c - rest_c) * decay)


def _crossing_s(
    body: HeatBody, temperature_c: float, floor_c: float, use_w: float
) -> float:
    """Return when constant powers reach a floor that they are known to reach."""
    capacity = max(body.capacity_wh_per_k, POSITIVE)
    loss_w_per_k = max(0.0, body.loss_w_per_k)
    fall_w = use_w + loss_w_per_k * (temperature_c - body.ambient_c)
    even_h = (temperature_c - floor_c) * capacity / max(fall_w, POSITIVE)
    if loss_w_per_k * even_h / capacity < 1e-9:
        return even_h * HOUR_S
    rest_c = body.ambient_c - use_w / loss_w_per_k
    ratio = (temperature_c - rest_c) / max(floor_c - rest_c, POSITIVE)
    return capacity / loss_w_per_k * log(max(ratio, 1.0)) * HOUR_S
