"""A tank in three layers: warm water above, cold water that comes in below.

What is drawn leaves at the top and moves all water up, as a plug, by as much cold
water; workers heat the lowest layer; what is warmer than the water above it mixes
with it; each layer loses its third. With two sensors or more, three layers say when
the hot water ends, where one mean says only how much heat is left (arXiv
2312.04102). Pure functions of numbers; standard library only; no clock.
"""

from math import exp

from .heat import POSITIVE, TankSpec, TankUse
from .times import HOUR_S

STEP_S = 1800.0
"""The longest step: within it the draw's flow is taken to be the same."""

TURNOVER = 0.25
"""And no step moves more than this share of a layer, unless that made too many."""

MAXIMUM_STEPS = 48
"""So many steps to half an hour of a very small tank are enough."""

TAP_C = 40.0
"""Water is drawn at so many °C: of colder water no more is taken than of this."""

FLOW_K = 5.0
"""A heating circuit cools the water of a buffer or loop by at least this much."""

PLUG = 0.75
"""How little water mixes as it moves up: 0 is stirred, 1 a sharp edge of hot and
cold. A column of thirty layers lies nearest to this."""

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
    No heat is lost in the sums; but three layers are few: against a column of
    thirty, over a week in 200 to 300 L, the top is within 3 K (1.4 K on average),
    the middle within 6 K (2.3 K), the bottom within 8 K (3.6 K) and the mean of all
    within 0.4 K.
    """
    layers = mixed(layers)
    left_s = seconds
    while left_s > 0:
        turns_per_h = _turns_per_h(tank, layers, draw_w)
        step_s = min(left_s, _step_s(turns_per_h))
        hours = step_s / HOUR_S
        layers = _moved(layers, min(1.0, turns_per_h * hours), tank.cold_c)
        layers = mixed(_kept(tank, layers, heat_w, hours))
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


def _step_s(turns_per_h: float) -> float:
    shortest_s = STEP_S / MAXIMUM_STEPS
    whole_s = TURNOVER / max(turns_per_h, POSITIVE) * HOUR_S
    return min(STEP_S, max(shortest_s, whole_s))


def _moved(layers: Layers, share: float, cold_c: float) -> Layers:
    """Move all water up by a share of a layer, as a plug.

    What leaves a layer is nearly as warm as the layer above, as long as there can be
    such water in it: a layer of 30 °C between 50 °C and 10 °C is half hot and half
    cold rather than mixed.
    """
    if share <= 0:
        return layers
    top, middle, bottom = layers
    bottom, into_c = _shifted(bottom, middle, cold_c, share)
    middle, into_c = _shifted(middle, top, into_c, share)
    return top + share * (into_c - top), middle, bottom


def _shifted(
    layer_c: float, above_c: float, into_c: float, share: float
) -> tuple[float, float]:
    """Return a layer after so much came in below, and what it gave up above."""
    upper_c = layer_c + PLUG * (above_c - layer_c)
    after_c = max(layer_c + share * (into_c - upper_c), min(layer_c, into_c))
    return after_c, into_c + (layer_c - after_c) / share


def _kept(tank: TankSpec, layers: Layers, heat_w: float, hours: float) -> Layers:
    """Return the layers after losses, and the lowest after heat."""
    capacity = tank.capacity_wh_per_k
    decay = exp(-max(0.0, tank.loss_w_per_k) * hours / capacity)
    top, middle, bottom = (
        tank.ambient_c + (layer_c - tank.ambient_c) * decay for layer_c in layers
    )
    return top, middle, bottom + 3 * heat_w * hours / capacity
