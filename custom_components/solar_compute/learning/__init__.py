"""What is learned of a home at night, where it is kept, and how it is forgotten.

Glue around `core.load_profile` and `core.sun_error`. It needs numpy: import it only
where that is known to be there (`foresight_parts`).
"""
