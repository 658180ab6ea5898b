"""How much hot water a home uses, hour by hour: assumed first, then learned."""

import pytest

from custom_components.solar_compute.core.draws import DRAW_SHARES, hourly_use_w
from custom_components.solar_compute.core.spec import TankUse

from .houses import gas_tank


def test_the_hours_of_a_day_share_out_all_of_its_hot_water() -> None:
    assert sum(DRAW_SHARES) == pytest.approx(1)
    assert sum(hourly_use_w(gas_tank(), None)) == pytest.approx(5845)


@pytest.mark.parametrize("use", [TankUse.BUFFER, TankUse.EXPORTED])
def test_a_buffer_gives_evenly_until_more_is_known(use: TankUse) -> None:
    loop = gas_tank(use=use, draw_wh_per_day=2400.0)
    assert hourly_use_w(loop, None) == (100.0,) * 24
