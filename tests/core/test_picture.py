"""The picture of a day shows what was, and nothing that was not."""

from datetime import datetime, timedelta
import struct
from typing import Any
import zlib
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest

from custom_components.solar_compute.core.accounts import WorkerAccount
from custom_components.solar_compute.core.history import (
    BALANCE_W,
    IMPORT_PER_KWH,
    PV_W,
    History,
    tank_column,
    worker_column,
)
from custom_components.solar_compute.core.plan import (
    Expected,
    Grid,
    Plan,
    PlannedWindow,
)
from custom_components.solar_compute.core.series import Series, Span
from custom_components.solar_compute.picture import day as drawing
from custom_components.solar_compute.picture.canvas import Canvas
from custom_components.solar_compute.picture.day import Day, draw
from custom_components.solar_compute.picture.letters import LETTERS, width_of, write
from custom_components.solar_compute.picture.today import Known, day_of
from custom_components.solar_compute.plan_view import PlanStatus, PlanView

HOURS = 24
FIVE = 12
COUNT = HOURS * FIVE
BERLIN = ZoneInfo("Europe/Berlin")
MARKS = [(hour * FIVE, hour) for hour in range(0, 25, 3)]


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """Return the pixels of a PNG, read by another way than it was written."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, place = {}, 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        data = png[place + 8 : place + 8 + length]
        (crc,) = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert crc == zlib.crc32(kind + data)
        chunks[kind] = data
        place += length + 12
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8)
    rows = rows.reshape(height, 1 + 3 * width)
    assert set(rows[:, 0].tolist()) == {2}
    summed = np.cumsum(rows[:, 1:].astype(int), axis=0) % 256
    return summed.astype(np.uint8).reshape(height, width, 3)


def a_day(**changes: Any) -> Day:
    """Return a day that is over: 2 kW of sun from 8 to 16, a worker from 10 to 12."""
    values: dict[str, Any] = {
        "known": COUNT,
        "sun_w": by_hour(2000.0, 8, 16),
        "runs_w": [by_hour(500.0, 10, 12)],
        "tank_c": None,
        "price": None,
        "hours": MARKS,
        "energy_kwh": 1.0,
        "sun_share": 1.0,
        "gained": 0.07,
        "currency": "EUR",
    }
    return Day(**values | changes)


def by_hour(value: float, begin: float, end: float, other: float = 0.0) -> Any:
    hours = np.arange(COUNT) / FIVE
    return np.where((hours >= begin) & (hours < end), value, other)


def seen(day: Day, hour: float, share: float) -> tuple[int, ...]:
    """Return the colour at an hour, at a share of the height of the chart."""
    x = drawing.LEFT + (drawing.RIGHT - drawing.LEFT) * hour / HOURS
    y = drawing.BOTTOM - share * (drawing.BOTTOM - drawing.TOP)
    return tuple(pixels_of(draw(day))[int(y), int(x)].tolist())


def bar(day: Day, hour: float, worker: int = 0) -> tuple[int, ...]:
    """Return the colour of a worker's bar at an hour."""
    x = drawing.LEFT + (drawing.RIGHT - drawing.LEFT) * hour / HOURS
    pitch = (drawing.RUNS_BOTTOM - drawing.RUNS_TOP) / len(day.runs_w)
    y = drawing.RUNS_TOP + (worker + 0.5) * pitch
    return tuple(pixels_of(draw(day))[int(y), int(x)].tolist())


def test_sun_and_runs_are_where_they_were() -> None:
    day = a_day()

    assert seen(day, 13.1, 0.4) == drawing.SUN
    assert seen(day, 11.1, 0.4) == drawing.SUN
    assert seen(day, 11.1, 0.1) == drawing.WORK
    assert seen(day, 4.1, 0.1) == seen(day, 20.1, 0.1) == drawing.PAPER
    assert bar(day, 11.1) == drawing.WORK
    assert bar(day, 13.1) == drawing.UNKNOWN


def test_what_is_only_expected_is_paler() -> None:
    day = a_day(known=9 * FIVE)

    red, _, blue = seen(day, 13.1, 0.4)
    assert drawing.SUN[2] < blue < drawing.PAPER[2]
    assert red > 240
    assert seen(day, 8.6, 0.4) == drawing.SUN
    assert bar(day, 11.1) not in {drawing.WORK, drawing.UNKNOWN}


def test_what_nobody_measured_is_grey_and_not_night() -> None:
    sun_w = by_hour(np.nan, 2, 4)

    assert seen(a_day(sun_w=sun_w), 3.1, 0.3) == drawing.UNKNOWN
    assert seen(a_day(sun_w=sun_w), 5.1, 0.3) == drawing.PAPER
    assert seen(a_day(sun_w=sun_w, known=FIVE), 3.1, 0.3) == drawing.PAPER


def test_a_tank_and_prices_are_drawn_where_they_are_known() -> None:
    tank_c = np.full(COUNT, 50.0)

    def count(day: Day, colour: tuple[int, int, int]) -> int:
        return int((pixels_of(draw(day)) == colour).all(-1).sum())

    assert count(a_day(tank_c=tank_c), drawing.HEAT) > 700
    assert count(a_day(), drawing.HEAT) == 0
    assert count(a_day(price=np.full(COUNT, 0.3)), drawing.PRICE) > 20_000
    assert count(a_day(price=np.full(COUNT, -0.1)), drawing.PRICE) == 0


def test_a_loss_is_red() -> None:
    pixels = pixels_of(draw(a_day(gained=-0.3)))

    assert (pixels == drawing.LOSS).all(-1).any()
    assert not (pixels == drawing.GAIN).all(-1).any()


def test_the_same_day_is_the_same_picture_of_the_same_size() -> None:
    assert draw(a_day()) == draw(a_day())
    assert pixels_of(draw(a_day())).shape == (drawing.HEIGHT, drawing.WIDTH, 3)


def test_every_figure_can_be_read_on_a_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = 390 / drawing.WIDTH
    sizes, edges = [], []

    def written(
        canvas: Canvas,
        text: str,
        corner: tuple[float, float],
        size: float,
        *_: Any,
        **__: Any,
    ) -> float:
        sizes.append(size * shown)
        edges.append((corner[0], corner[0] + width_of(text, size)))
        return edges[-1][1]

    monkeypatch.setattr(drawing, "write", written)
    draw(
        a_day(
            sun_w=by_hour(2300.0, 8, 16),
            tank_c=np.full(COUNT, 51.0),
            price=np.full(COUNT, 0.36),
        )
    )

    assert min(sizes) > 9
    assert min(left for left, _ in edges) > 0
    assert max(right for _, right in edges) < drawing.WIDTH


numbers = st.integers(-(10**6), 10**6).map(float) | st.just(float("nan"))
columns = st.lists(numbers, min_size=4, max_size=40).map(np.array)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data(), sun_w=columns, currency=st.text(max_size=5))
def test_whatever_was_measured_a_picture_comes_of_it(
    data: st.DataObject, sun_w: Any, currency: str
) -> None:
    count = len(sun_w)

    def column() -> Any:
        listed = st.lists(numbers, min_size=count, max_size=count)
        return data.draw(listed.map(np.array))

    day = Day(
        known=data.draw(st.integers(0, count)),
        sun_w=sun_w,
        runs_w=[column() for _ in range(data.draw(st.integers(0, 8)))],
        tank_c=column(),
        price=column(),
        hours=[(0, 0), (count, 24)],
        energy_kwh=data.draw(st.floats(0, 1e6)),
        sun_share=data.draw(st.none() | st.floats(0, 1)),
        gained=data.draw(st.floats(-1e6, 1e6)),
        currency=currency,
    )

    with np.errstate(divide="raise", over="raise", invalid="raise"):
        assert pixels_of(draw(day)).shape == (drawing.HEIGHT, drawing.WIDTH, 3)


@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_every_letter_stays_within_its_width(letter: str) -> None:
    canvas = Canvas(60, 40, (255, 255, 255))
    end = write(canvas, letter, (10, 8), 24, (0, 0, 0))

    dark = (pixels_of(canvas.png()) < 128).all(-1)
    columns = np.flatnonzero(dark.any(0))
    assert len(columns)
    assert end == pytest.approx(10 + width_of(letter, 24))
    assert columns[0] >= 7
    assert columns[-1] <= end + 3


def past(start: datetime, **columns: Any) -> History:
    """Return a past of whole intervals from a moment on."""
    return History(
        start_s=start.timestamp(),
        step_s=300,
        columns={name: np.asarray(each, np.float32) for name, each in columns.items()},
    )


def known(local: datetime, history: History | None, **changes: Any) -> Known:
    values: dict[str, Any] = {
        "local": local,
        "history": history,
        "view": PlanView(),
        "sun_w": Series(),
        "workers": ["cruncher"],
        "accounts": [],
        "tank": None,
        "currency": "EUR",
    }
    return Known(**values | changes)


def test_the_day_begins_at_local_midnight_and_ends_with_the_last_whole_interval() -> (
    None
):
    yesterday = datetime(2026, 6, 14, 12, tzinfo=BERLIN)
    history = past(
        yesterday,
        **{
            BALANCE_W: np.arange(24 * FIVE),
            PV_W: np.arange(24 * FIVE),
            worker_column("cruncher"): np.full(24 * FIVE, 300),
            tank_column("boiler"): np.full(24 * FIVE, 50),
        },
    )
    noon = datetime(2026, 6, 15, 11, 58, tzinfo=BERLIN)

    day = day_of(known(noon, history, tank="boiler"))

    assert day.known == 12 * FIVE - 1
    assert day.sun_w[0] == 12 * FIVE
    assert day.sun_w[day.known - 1] == 24 * FIVE - 2
    assert np.isnan(day.sun_w[day.known :]).all()
    assert day.tank_c is not None
    assert day.tank_c[0] == 50
    assert day.runs_w[0][0] == 300
    assert day.price is None


@pytest.mark.parametrize(
    ("date", "hours", "noon"),
    [((2026, 3, 29), 23, 11), ((2026, 6, 15), 24, 12), ((2026, 10, 25), 25, 13)],
)
def test_a_day_has_as_many_hours_as_it_has(
    date: tuple[int, int, int], hours: int, noon: int
) -> None:
    day = day_of(known(datetime(*date, 23, 59, tzinfo=BERLIN), None))

    assert len(day.sun_w) == hours * FIVE
    assert day.known == hours * FIVE - 1
    assert (noon * FIVE, 12) in day.hours
    assert day.hours[-1] == (hours * FIVE, 24)


def test_without_a_meter_for_the_sun_what_the_home_leaves_of_it_is_drawn() -> None:
    midnight = datetime(2026, 6, 15, tzinfo=BERLIN)
    history = past(midnight, **{BALANCE_W: [-300, 700]})

    day = day_of(known(midnight + timedelta(minutes=10), history))

    assert day.sun_w[:2].tolist() == [0, 700]


def test_the_rest_of_the_day_is_what_is_expected() -> None:
    noon = datetime(2026, 6, 15, 12, tzinfo=BERLIN)
    now_s = noon.timestamp()
    history = past(noon - timedelta(minutes=5), **{
        BALANCE_W: [100], PV_W: [1000], IMPORT_PER_KWH: [0.3],
    })  # fmt: skip
    plan = Plan(
        made_s=now_s,
        valid_until_s=now_s + 3600,
        expected=Expected(
            grid=Grid(starts_s=(now_s, now_s + 3600), lengths_s=(3600.0, 7200.0)),
            balance_w=(0.0, 0.0),
            import_per_kwh=(0.4, 0.2),
            export_per_kwh=(0.08, 0.08),
        ),
        levels={"cruncher": (1, 0)},
        value=0.1,
        windows=(
            PlannedWindow(
                worker="cruncher",
                start_s=now_s - 1800,
                end_s=now_s + 3600,
                level=1,
                energy_wh=750.0,
                value=0.1,
            ),
        ),
    )

    day = day_of(
        known(
            noon,
            history,
            view=PlanView(status=PlanStatus.PLANNED, plan=plan),
            sun_w=Series((Span(now_s, now_s + 3600, 2000.0),)),
        )
    )

    at_noon = 12 * FIVE
    assert day.sun_w[at_noon - 1] == 1000
    assert day.sun_w[at_noon : at_noon + FIVE].tolist() == [2000] * FIVE
    assert np.isnan(day.sun_w[at_noon + FIVE])
    assert np.isnan(day.runs_w[0][at_noon - 1]), "nobody measured that"
    assert day.runs_w[0][at_noon : at_noon + FIVE].tolist() == [500] * FIVE
    assert day.price is not None
    assert day.price[at_noon] == 0.4
    assert day.price[at_noon + 3 * FIVE - 1] == 0.2
    assert np.isnan(day.price[at_noon + 3 * FIVE])


def test_what_today_brought_is_that_of_all_workers_together() -> None:
    evening = datetime(2026, 6, 15, 21, tzinfo=BERLIN)
    one = WorkerAccount(solar_wh=900, grid_wh=100, cost=0.1, value=0.3)

    day = day_of(known(evening, None, accounts=[one, one]))
    idle = day_of(known(evening, None, accounts=[WorkerAccount()]))

    assert day.energy_kwh == 2.0
    assert day.sun_share == 0.9
    assert day.gained == pytest.approx(0.4)
    assert idle.sun_share is None
