"""Names of what is stored about heat sinks. Holds constants only, imports nothing."""

from typing import Final

KIND_TANK: Final = "tank"
KIND_LOOP: Final = "loop"
KIND_ROOM: Final = "room"
KIND_SPACE: Final = "space"

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
"""How months are stored, in their order."""

# Tanks, loops and rooms
CONF_TEMPERATURE: Final = "temperature"
CONF_TARGET_C: Final = "target_c"
CONF_MAXIMUM_C: Final = "maximum_c"
CONF_MINIMUM_C: Final = "minimum_c"
CONF_SHORTAGE_PER_KWH: Final = "shortage_per_kwh"
CONF_SUPPLY: Final = "supply"
CONF_LOSS_W_PER_K: Final = "loss_w_per_k"
CONF_HEAT_POWER: Final = "heat_power"
CONF_FLOW: Final = "flow"
CONF_FLOW_TEMPERATURE: Final = "flow_temperature"
CONF_RETURN_TEMPERATURE: Final = "return_temperature"

# Tanks and loops
CONF_USE: Final = "use"
CONF_VOLUME_L: Final = "volume_l"
CONF_ENERGY_CLASS: Final = "energy_class"
CONF_AMBIENT_C: Final = "ambient_c"
CONF_COLD_C: Final = "cold_c"
CONF_DRAW_KWH_PER_DAY: Final = "draw_kwh_per_day"
CONF_READY_TIME: Final = "ready_time"
CONF_READY_C: Final = "ready_c"
CONF_SECOND_READY_TIME: Final = "second_ready_time"
CONF_SECOND_READY_C: Final = "second_ready_c"
CONF_BOOST_AFTER_H: Final = "boost_after_h"
CONF_BOOST_ENTITY: Final = "boost_entity"

# Rooms
CONF_OUTDOOR: Final = "outdoor"
CONF_OUTDOOR_C: Final = "outdoor_c"
CONF_WINDOWS: Final = "windows"
CONF_THERMOSTAT: Final = "thermostat"
CONF_ECO_K: Final = "eco_k"
CONF_AREA_M2: Final = "area_m2"
CONF_BUILDING: Final = "building"
CONF_CAPACITY_WH_PER_K: Final = "capacity_wh_per_k"
CONF_HEATING_LIMIT_C: Final = "heating_limit_c"

# Rooms and cooled spaces
CONF_SEASON_FIRST: Final = "season_first"
CONF_SEASON_LAST: Final = "season_last"

# Cooled spaces
CONF_CLIMATE: Final = "climate"

# What heats a tank, loop or room otherwise
CONF_BACKUP: Final = "backup"
CONF_BACKUP_SCHEDULE: Final = "backup_schedule"
CONF_BACKUP_PRICE: Final = "backup_price"
CONF_BACKUP_EFFICIENCY_PERCENT: Final = "backup_efficiency_percent"
CONF_BACKUP_POWER_W: Final = "backup_power_w"
CONF_BACKUP_CO2_G_PER_KWH: Final = "backup_co2_g_per_kwh"
CONF_HYSTERESIS_K: Final = "hysteresis_k"
CONF_RATED_COP: Final = "rated_cop"
CONF_FLOW_OFFSET_K: Final = "flow_offset_k"
CONF_COP: Final = "cop"
CONF_SOURCE: Final = "source"
CONF_SOURCE_C: Final = "source_c"
CONF_COMFORT_PER_KWH: Final = "comfort_per_kwh"
CONF_FOLLOW: Final = "follow"
CONF_WINDOW_START: Final = "window_start"
CONF_WINDOW_END: Final = "window_end"
CONF_SECOND_WINDOW_START: Final = "second_window_start"
CONF_SECOND_WINDOW_END: Final = "second_window_end"
CONF_WAIT_ENTITY: Final = "wait_entity"
CONF_WAIT_FLOOR_C: Final = "wait_floor_c"
CONF_WAIT_OWN_TIMEOUT: Final = "wait_own_timeout"

SWITCHED: Final = ("switch", "input_boolean")
"""Domains of a backup that can only be turned off, not set to a temperature."""
