"""What the demo needs of a machine that computes, whatever runs on it.

A seam: `companion` and `boinc` are what is behind it. It knows neither.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from .processes import Program


class Machine(Protocol):
    """A real program that runs a real job, started, asked, and watched.

    `name` is for people; `choice` is what it is called in the menu of the dialog that
    adds a worker. `times_s` are those that the dialog asks of this kind only, and
    `floors_s` those that it cannot go below, by the names of fields. For `obeys_s` its
    job may compute on after the program calls it paused.
    """

    name: ClassVar[str]
    choice: ClassVar[str]
    times_s: ClassVar[Mapping[str, float]]
    floors_s: ClassVar[Mapping[str, float]]
    obeys_s: ClassVar[float]
    program: Program

    def answers(self) -> dict[str, object]:
        """Return answers to the dialog's page about the machine."""

    async def start(self) -> None:
        """Start the program and wait until it answers. Raises ProcessError."""

    async def stop(self) -> None:
        """End all that was started."""

    async def status(self) -> dict[str, Any] | None:
        """Return what the program says of its worker; None while it does not answer.

        Has `state`, `level`, 0 while it is paused, and `cause`.
        """

    def power_w(self, status: dict[str, Any] | None) -> float:
        """Return what the worker draws in the demo's house, given its status."""

    def cpu_s(self) -> float:
        """Return the CPU time that the living processes of the job have used."""

    def complaints(self) -> list[str]:
        """Return the lines of the program's log that a good run does not have."""

    def saved(self) -> dict[str, int]:
        """Return the last checkpoint of the prime search; empty if there is none."""
