"""A home of the imagination: its sun, its clouds, its kettle, its hot water.

Where no measured trace is at hand, tests, benchmark and demo take the sun and
the loads from here. Everything is a pure function of a seed and the local time,
made with a small hash instead of a random generator: the same seed always gives
the same days, in any order and at any step. Standard library only; no clock, no
chance, no I/O. It must never feed a decision in a real home.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from math import asin, cos, degrees, pi, pow, radians, sin, sqrt

from .draws import DRAW_SHARES

CLOUD_SCALES = ((5400.0, 0.4), (1500.0, 0.35), (240.0, 0.25))
"""Clouds as noise of three sizes: how long they take to pass, in s, and weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseModel:
    """What kind of home it is.

    `latitude_deg` is north; the panels face the equator at `tilt_deg`. `peak_w`
    is their nominal power, `performance` what becomes AC of it. `base_w` is
    drawn day and night. `cloudiness` scales what clouds take: 0 is an endless
    clear sky, 1 a temperate climate.
    """

    latitude_deg: float = 52.0
    tilt_deg: float = 35.0
    peak_w: float = 5000.0
    performance: float = 0.85
    cloudiness: float = 1.0
    base_w: float = 120.0
    draw_wh_per_day: float = 5845.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HousePower:
    """The home at one moment, in W: sun, loads, heat of the hot water drawn."""

    pv_w: float
    load_w: float
    draw_w: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """Something that is used on some days, once, between two hours.

    `phases` are (seconds, watts), one after the other from its start.
    """

    chance: float
    earliest_h: float
    latest_h: float
    phases: tuple[tuple[float, float], ...]


KETTLE = ((180.0, 2200.0),)
OVEN = ((480.0, 2400.0), *((60.0, 2400.0), (120.0, 60.0)) * 13)
HOB = ((300.0, 1800.0), *((60.0, 1500.0), (60.0, 0.0)) * 10)
WASHING_MACHINE = ((300.0, 100.0), (1200.0, 2000.0), (3000.0, 180.0), (600.0, 400.0))
DISHWASHER = ((1000.0, 1900.0), (2400.0, 60.0), (700.0, 1900.0), (900.0, 20.0))

APPLIANCES = (
    Appliance(chance=0.9, earliest_h=6.75, latest_h=7.75, phases=KETTLE),
    Appliance(chance=0.6, earliest_h=10.0, latest_h=11.0, phases=KETTLE),
    Appliance(chance=0.7, earliest_h=12.0, latest_h=13.0, phases=HOB),
    Appliance(chance=0.6, earliest_h=15.0, latest_h=16.5, phases=KETTLE),
    Appliance(chance=0.6, earliest_h=17.5, latest_h=18.5, phases=OVEN),
    Appliance(chance=0.7, earliest_h=17.75, latest_h=18.75, phases=HOB),
    Appliance(chance=0.6, earliest_h=20.0, latest_h=21.0, phases=KETTLE),
    Appliance(chance=0.4, earliest_h=9.0, latest_h=14.0, phases=WASHING_MACHINE),
    Appliance(chance=0.5, earliest_h=19.5, latest_h=21.0, phases=DISHWASHER),
)
"""What a family uses, and when."""


def house_power(model: HouseModel, seed: int, local: datetime) -> HousePower:
    """Return sun, loads and hot water of the moment `local`."""
    day = local.date().toordinal()
    second = local.hour * 3600 + local.minute * 60 + local.second
    sun_w = clear_sky_w(model, local.timetuple().tm_yday, second)
    return HousePower(
        pv_w=sun_w * clearness(model, seed, day, second) if sun_w > 0 else 0.0,
        load_w=load_w(model, seed, day, second),
        draw_w=draw_w(model, seed, day, second),
    )


def mean_power(
    model: HouseModel, seed: int, local: datetime, step_s: int, every_s: int = 10
) -> HousePower:
    """Return the means over the `step_s` seconds from `local` on.

    Sampled every `every_s` seconds.
    """
    samples = [
        house_power(model, seed, local + timedelta(seconds=offset_s))
        for offset_s in range(0, step_s, min(every_s, step_s))
    ]
    return HousePower(
        pv_w=sum(sample.pv_w for sample in samples) / len(samples),
        load_w=sum(sample.load_w for sample in samples) / len(samples),
        draw_w=sum(sample.draw_w for sample in samples) / len(samples),
    )


def clear_sky_w(model: HouseModel, day_of_year: int, second: float) -> float:
    """Return what the panels make under a clear sky, in W.

    Sun's height from latitude, Cooper's declination and solar time (noon at
    12 h); air mass after Kasten and Young (1989); direct beam after Meinel
    (1353 W/m² · 0.7^(AM^0.678)), a tenth of it diffuse.
    """
    tilt, latitude = radians(model.tilt_deg), radians(model.latitude_deg)
    declination = radians(23.45) * sin(2 * pi * (284 + day_of_year) / 365)
    hour_angle = 2 * pi * (second / 86400 - 0.5)
    sin_height = sin(latitude) * sin(declination) + (
        cos(latitude) * cos(declination) * cos(hour_angle)
    )
    if sin_height <= 0:
        return 0.0
    height_deg = degrees(asin(sin_height))
    air_mass = 1 / (sin_height + 0.50572 * pow(height_deg + 6.07995, -1.6364))
    beam = 1353 * pow(0.7, pow(air_mass, 0.678))
    # Panels that face the equator see the sun as flat ones further south do.
    facing = latitude - tilt
    incidence = sin(facing) * sin(declination) + (
        cos(facing) * cos(declination) * cos(hour_angle)
    )
    irradiance = beam * (max(0.0, incidence) + 0.1)
    return model.peak_w * model.performance * irradiance / 1000


def clearness(model: HouseModel, seed: int, day: int, second: float) -> float:
    """Return the share of the clear sky's power that the clouds let through."""
    cover = 0.1 + 0.8 * _smooth(seed, "weather", day + second / 86400)
    time_s = day * 86400 + second
    sky = sum(
        weight * _smooth(seed, f"cloud {scale_s}", time_s / scale_s)
        for scale_s, weight in CLOUD_SCALES
    )
    cloud = min(max((cover - sky) / 0.12 + 0.5, 0.0), 1.0)
    return 1 - model.cloudiness * (0.75 * cloud + 0.1 * cover)


def load_w(model: HouseModel, seed: int, day: int, second: float) -> float:
    """Return what the home draws without workers, battery and tanks, in W."""
    power_w = model.base_w
    fridge_s = (day * 86400 + second + 2700 * _noise(seed, "fridge", 0)) % 2700
    if fridge_s < 900:
        power_w += 90
    hour = second / 3600
    liveliness = 0.7 + 0.6 * _noise(seed, "evening", day)
    power_w += 120 * liveliness * _bump(hour, 6.5, 8.5)
    power_w += 320 * liveliness * _bump(hour, 16.5, 23.0)
    for index, appliance in enumerate(APPLIANCES):
        power_w += _appliance_w(appliance, seed, index, day, second)
    return power_w


def draw_w(model: HouseModel, seed: int, day: int, second: float) -> float:
    """Return the heat of the hot water drawn, in W; its hours vary by day."""
    hour = int(second // 3600) % 24
    weight = 0.6 + 0.8 * _noise(seed, "draw", day * 24 + hour)
    return model.draw_wh_per_day * DRAW_SHARES[hour] * weight


def _appliance_w(
    appliance: Appliance, seed: int, index: int, day: int, second: float
) -> float:
    if _noise(seed, f"use {index}", day) >= appliance.chance:
        return 0.0
    span_h = appliance.latest_h - appliance.earliest_h
    start_h = appliance.earliest_h + span_h * _noise(seed, f"when {index}", day)
    since_s = second - start_h * 3600
    if since_s < 0:
        return 0.0
    for duration_s, watts in appliance.phases:
        if since_s < duration_s:
            return watts
        since_s -= duration_s
    return 0.0


def _bump(hour: float, start_h: float, end_h: float) -> float:
    """Return 0 outside two hours and a smooth hill of height 1 between them."""
    if not start_h < hour < end_h:
        return 0.0
    return sqrt(sin(pi * (hour - start_h) / (end_h - start_h)))


def _smooth(seed: int, channel: str, position: float) -> float:
    """Return noise between 0 and 1 that changes smoothly over about 1."""
    index = int(position // 1)
    share = position - index
    share = share * share * (3 - 2 * share)
    return (1 - share) * _noise(seed, channel, index) + share * _noise(
        seed, channel, index + 1
    )


def _noise(seed: int, channel: str, index: int) -> float:
    """Return a number in [0, 1) that depends on all three and shows no pattern."""
    key = f"{seed}/{channel}/{index}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest()) / 2**64
