"""A house with the sun on its roof, for people and for tests.

Starts a real Home Assistant, a real companion service or BOINC client with a real job,
and a house whose meters feel what the job draws. `python -m demo --help` tells how to
run it; README.md in this folder tells what is real, what is simulated, and what happens
to time.

May import the integration's core (the house model lives there), the benchmarks' reader
of traces, and aiohttp; must never import Home Assistant, which it only talks to as any
other program would.
"""

# Makes the core importable without Home Assistant, which takes seconds to load.
import benchmarks

__all__ = ["benchmarks"]
