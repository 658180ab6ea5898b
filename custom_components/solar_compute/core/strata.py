"""A tank in three layers: warm water above, cold water that comes in below.

    C/3 · dT/dt = heat in − UA/3 · (T − T_ambient) + flow · (T_below − T)

What is drawn leaves at the top and moves every layer up by as much cold water;
workers heat the lowest layer; where a layer is warmer than the one above, they
mix. With two sensors or more, three layers say when the hot water ends, where one
mean says only how much heat is left (arXiv 2312.04102). Pure functions of numbers;
standard library only; no clock.
"""

from math import exp

from .heat import POSITIVE, TankSpec, TankUse

HOUR_S = 3600.0

STEP_S = 1800.0
"""The longest step: within it the draw's flow is taken to be the same."""

TURNOVER = 0.25
"""And no step moves more than this share of a layer, unless that made too many."""

MAXIMUM_STEPS = 48
"""So many steps to an hour of a very small tank are enough."""

TAP_C = 40.0
"""Water is drawn at so many °C: of colder water no more is taken than of this."""

FLOW_K = 5.0
"""A heating circuit cools the water of a buffer or loop by at least this much."""

TOP, MIDDLE, BOTTOM = 0, 1, 2

type Layers = tuple[float, float, float]
"""Temperatures from the top down, in °C."""


def layers_of(sensors_c: tuple[float, ...]) -> Layers:
    """Return the three layers that sensors show, given from the top down.

    The first sensor sits in the highest layer and the last in the lowest, with the
    others at even distances; what lies between is interpolated.

    Raises:
        ValueError: without any sensor.
    """
    if not sensors_c:
        raise ValueError("a tank without sensors shows no layers")
    position = (len(sensors_c) - 1) / 2
    index = int(position)
    between = position - index
    middle_c = sensors_c[index]
    if between:
        middle_c += between * (sensors_c[index + 1] - middle_c)
    return sensors_c[0], middle_c, sensors_c[-1]


def advance(
    tank: TankSpec, layers: Layers, *, heat_w: float, draw_w: float, seconds: float
) -> Layers:
    """Return the layers after `seconds` of constant heat in and constant draw.

    `draw_w` is the heat that people want from the top, in W above the cold water.
    Within a step of at most half an hour, the solution for a constant flow is
    exact.
    """
    layers = mixed(layers)
    left_s = seconds
    while left_s > 0:
        turns_per_h = _turns_per_h(tank, layers, draw_w)
        step_s = min(left_s, _step_s(turns_per_h, seconds))
        layers = mixed(_flowed(tank, layers, heat_w, turns_per_h, step_s / HOUR_S))
        left_s -= step_s
    return layers


def seconds_until_c(
    tank: TankSpec,
    layers: Layers,
    use_w: tuple[float, ...],
    hour: float,
    floor_c: float,
    *,
    limit_s: float,
    layer: int = MIDDLE,
) -> float:
    """Return when a layer will have cooled to `floor_c`, in s from now.

    `use_w` is the heat drawn in each of the 24 local hours, `hour` the local hour
    as a float. The middle layer is where a thermostat sits; the top one is what
    people feel. 0 where it is no warmer now; `limit_s` where that takes longer, or
    for ever.
    """
    layers, passed_s = mixed(layers), 0.0
    while passed_s < limit_s:
        if layers[layer] <= floor_c:
            return passed_s
        index = int(hour) % 24
        step_s = min(STEP_S, (int(hour) + 1 - hour) * HOUR_S, limit_s - passed_s)
        step_s = max(step_s, 1.0)
        later = advance(
            tank, layers, heat_w=0.0, draw_w=max(0.0, use_w[index]), seconds=step_s
        )
        if later[layer] <= floor_c:
            share = (layers[layer] - floor_c) / (layers[layer] - later[layer])
            return min(limit_s, passed_s + share * step_s)
        layers = later
        passed_s += step_s
        hour = (hour + step_s / HOUR_S) % 24
    return limit_s


def mixed(layers: Layers) -> Layers:
    """Return the layers with no water above that is colder than below."""
    top, middle, bottom = layers
    if bottom > middle:
        middle = bottom = (middle + bottom) / 2
    if middle > top:
        if middle == bottom or bottom > (top + middle) / 2:
            mean = (top + middle + bottom) / 3
            return mean, mean, mean
        top = middle = (top + middle) / 2
    return top, middle, bottom


def _turns_per_h(tank: TankSpec, layers: Layers, draw_w: float) -> float:
    """How often per hour the draw replaces the water of a layer."""
    least_k = FLOW_K
    if tank.use is TankUse.HOT_WATER:
        least_k = max(FLOW_K, TAP_C - tank.cold_c)
    lift_k = max(least_k, layers[TOP] - tank.cold_c)
    return draw_w / lift_k / (tank.capacity_wh_per_k / 3)


def _step_s(turns_per_h: float, seconds: float) -> float:
    least_s = min(seconds, STEP_S) / MAXIMUM_STEPS
    return min(STEP_S, max(least_s, TURNOVER / max(turns_per_h, POSITIVE) * HOUR_S))


def _flowed(
    tank: TankSpec, layers: Layers, heat_w: float, turns_per_h: float, hours: float
) -> Layers:
    """Return the layers after a constant flow, exactly, before they mix.

    A cascade of three linear equations with the same rate, from the bottom up.
    """
    capacity = tank.capacity_wh_per_k
    flow, loss = turns_per_h, max(0.0, tank.loss_w_per_k) / capacity
    warming_k_per_h = 3 * heat_w / capacity
    top, middle, bottom = layers
    rate = flow + loss
    if rate * hours < 1e-9:
        return top, middle, bottom + warming_k_per_h * hours
    lost = loss * tank.ambient_c
    bottom_rest = (flow * tank.cold_c + lost + warming_k_per_h) / rate
    middle_rest = (flow * bottom_rest + lost) / rate
    top_rest = (flow * middle_rest + lost) / rate
    decay, turns = exp(-rate * hours), flow * hours
    bottom -= bottom_rest
    middle -= middle_rest
    top -= top_rest
    return (
        top_rest + decay * (top + turns * middle + turns**2 / 2 * bottom),
        middle_rest + decay * (middle + turns * bottom),
        bottom_rest + decay * bottom,
    )
