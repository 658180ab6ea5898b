"""Which command is the newest, for workers that do not keep that themselves.

May import the contract only.
"""

from .base import WorkerBehind, WorkerRefused


class Generations:
    """The generation of the newest command; it begins anew with the entry."""

    def __init__(self) -> None:
        """Know of no command yet."""
        self.newest = 0

    def run(self, generation: int, level: int, levels: int) -> None:
        """Take note of a command to run at a level, of so many (1 at least).

        Raises `WorkerBehind` for one that comes late, `WorkerRefused` for a level that
        is none.
        """
        if generation < self.newest:
            raise WorkerBehind("a newer command was given", self.newest)
        if not 1 <= level <= max(1, levels):
            raise WorkerRefused(f"level {level} does not exist")
        self.newest = generation

    def pause(self, generation: int) -> None:
        """Take note of a command to pause: it is obeyed, however late it comes."""
        self.newest = max(generation, self.newest)
