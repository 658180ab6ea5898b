"""Lets `python -m solar_compute_worker` do what `solar-compute-worker` does."""

from .cli import main

main()
