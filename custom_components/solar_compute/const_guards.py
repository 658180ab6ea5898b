"""Names of what a guard's subentry stores. Holds constants only, imports nothing.

The keys `name` and `kind`, which everything has, are in `const`.
"""

from typing import Final

SUBENTRY_GUARD: Final = "guard"

KIND_CIRCUIT: Final = "circuit"
KIND_POWER_CAP: Final = "power_cap"
KIND_BATTERY: Final = "battery_guard"
KIND_CLIMATE: Final = "climate"
KIND_CONDITION: Final = "condition"
KIND_QUIET: Final = "quiet"
KIND_MAXIMUM: Final = "maximum"

CONF_WORKERS: Final = "workers"
CONF_LATCHING: Final = "latching"
CONF_SAFETY: Final = "safety"

# A circuit
CONF_LIMIT: Final = "limit"
CONF_LIMIT_UNIT: Final = "limit_unit"
UNIT_AMPERE: Final = "ampere"
UNIT_WATT: Final = "watt"
CONF_VOLTAGE_V: Final = "voltage_v"
USUAL_VOLTAGE_V: Final = 230.0
CONF_PHASES: Final = "phases"
CONF_SHARE_PERCENT: Final = "share_percent"
CONF_METER: Final = "meter"
CONF_METER_IN_AMPERE: Final = "meter_in_ampere"
CONF_OTHER_W: Final = "other_w"

# A power cap
CONF_OF: Final = "of"
CONF_CAP: Final = "cap"
CONF_SIGNAL: Final = "signal"
CONF_CAP_W: Final = "cap_w"

# A battery
CONF_MINIMUM_SOC: Final = "minimum_soc"
CONF_DISCHARGE_W: Final = "discharge_w"

# The air around workers
CONF_AIR: Final = "air"
CONF_HUMIDITY: Final = "humidity"
CONF_SURFACE: Final = "surface"
CONF_WARMEST_C: Final = "warmest_c"
CONF_COLDEST_C: Final = "coldest_c"
CONF_MAXIMUM_HUMIDITY: Final = "maximum_humidity"
CONF_DEW_MARGIN_K: Final = "dew_margin_k"
CONF_BACK_BY_K: Final = "back_by_k"
CONF_HOLD_S: Final = "hold_s"

# A condition
CONF_USE: Final = "use"
CONF_WATCHED: Final = "watched"
CONF_MUST_BE: Final = "must_be"

# Quiet hours
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_SECOND_START: Final = "second_start"
CONF_SECOND_END: Final = "second_end"
CONF_SCHEDULE: Final = "schedule"
CONF_MAXIMUM_DB: Final = "maximum_db"
CONF_LEVEL: Final = "level"

# A day's maximum
CONF_ENERGY_KWH: Final = "energy_kwh"
CONF_COST: Final = "cost"
CONF_RUN_H: Final = "run_h"
