"""The home's own past: read from the recorder, kept, and replayed.

`wanted` says which entities tell of it, `recorded` reads them from Home Assistant's
recorder, `keeper` keeps it from then on (`kept` is its file). Needs numpy, so it is
imported by nobody whom the loop waits for.
"""
