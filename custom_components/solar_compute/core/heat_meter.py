"""Heat that flows in a pipe: what a flow and two temperatures say.

Standard library only; no clock.
"""

from .heat import WATER_WH_PER_L_K


def heat_w(flow_l_per_min: float, flow_c: float, return_c: float) -> float:
    """Return the heat that water carries, in W.

    1.163 Wh/(L·K) × 60 min/h × flow × (flow − return), where `flow_c` is the
    water that comes from the workers. Never below 0: a cold pipe takes nothing
    out that workers have put in.
    """
    lift_k = flow_c - return_c
    return max(0.0, WATER_WH_PER_L_K * 60 * flow_l_per_min * lift_k)
