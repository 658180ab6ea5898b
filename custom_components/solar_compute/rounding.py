"""How many digits of a number are shown. Pure; imports nothing."""


def rounded(value: float | None, digits: int | None) -> float | None:
    """Return the value rounded, never as -0; `digits` None leaves it as it is.

    Every digit that a state shows is a row in the recorder when it changes.
    """
    if value is None or digits is None:
        return value
    return round(value) if digits == 0 else round(value, digits) + 0.0
