"""A folder of jobs: one file each, taken in the order of their names.

A job is the file itself, or the line that is in it where a command yields lines.

Standard library only. It moves files within its folder, and must never start anything
nor lose a job: a file is waiting, in `working`, in `done`, or in `failed`.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
import json
import logging
import os
from pathlib import Path

from .spec import QueueSpec

WORKING, DONE, FAILED, LOGS = "working", "done", "failed", "logs"
LONGEST_LINE = 32_768
# What is still being written, by the customs of those who write.
_UNFINISHED = (".part", ".tmp", "~")

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was taken: its file, where its output goes, what its command gets."""

    file: Path
    log: Path
    argument: str


class JobQueue:
    """Hands jobs out, and files them by how they ended."""

    def __init__(self, spec: QueueSpec) -> None:
        """Take back what an earlier run of the service was working on."""
        self.spec = spec
        self.last_failure: str | None = None
        self._not_before: dict[str, float] = {}
        for name in (WORKING, DONE, FAILED, LOGS):
            (spec.folder / name).mkdir(exist_ok=True)
        self._attempts = self._read_attempts()
        for file in self._files(WORKING):
            self._move(file, spec.folder)

    def ready(self, now: float) -> list[Path]:
        """Return the jobs that could be taken now."""
        return [
            file
            for file in self._files()
            if now >= self._not_before.get(file.name, now)
        ]

    def has_work(self, now: float) -> bool:
        """Return whether any job is in work, or could be."""
        return bool(next(self._files(WORKING), None) or self.ready(now))

    def counts(self) -> dict[str, int]:
        """Return how many jobs are where."""
        return {
            "waiting": sum(1 for _ in self._files()),
            **{name: sum(1 for _ in self._files(name)) for name in (WORKING, DONE)},
            FAILED: sum(1 for _ in self._files(FAILED)),
        }

    def take(self, now: float) -> Job | None:
        """Return the next job, or None if there is none now.

        The attempt counts from now on, so that a job which takes the machine down with
        it is not tried for ever.
        """
        for file in self.ready(now):
            attempts = self._attempts.get(file.name, 0) + 1
            if attempts > self.spec.retries + 1:
                self._quarantine(file)
                continue
            taken = self._move(file, self.spec.folder / WORKING, file.name)
            if taken is None:
                continue
            self._count(file.name, attempts)
            log = self.spec.folder / LOGS / f"{file.name}.{attempts}.log"
            return Job(taken, log, _line(taken) if self.spec.lines else str(taken))
        return None

    def put(self, lines: Iterable[str], stamp: str) -> int:
        """Make a job of each line that is not empty; return how many there are.

        Their names begin with `stamp`, which has to be later for each call. Raises
        OSError.
        """
        count = 0
        for line in filter(None, map(str.strip, lines)):
            count += 1
            file = self.spec.folder / f"{stamp}-{count:04}"
            new = file.with_name(f"{file.name}.part")
            new.write_text(line, encoding="utf-8")
            new.rename(file)
        return count

    def finish(self, job: Job, outcome: str, *, dismissed: bool, now: float) -> None:
        """File a job by its outcome: "" is good, anything else a phrase.

        One that the service ended waits for its next turn as if it had not been taken.
        """
        name = job.file.name
        if dismissed:
            self._count(name, self._attempts.get(name, 1) - 1)
            self._move(job.file, self.spec.folder)
        elif not outcome:
            self._count(name, 0)
            self._move(job.file, self.spec.folder / DONE)
        else:
            self.last_failure = f"{name}: {outcome}"
            _LOGGER.warning("job %s", self.last_failure)
            if self._attempts.get(name, 1) > self.spec.retries:
                self._quarantine(job.file)
            else:
                self._not_before[name] = now + self.spec.retry_after_s
                self._move(job.file, self.spec.folder)

    def _quarantine(self, file: Path) -> None:
        _LOGGER.warning("job %s is put into %s", file.name, FAILED)
        self._count(file.name, 0)
        self._move(file, self.spec.folder / FAILED)

    def _files(self, name: str = "") -> Iterator[Path]:
        folder, names = self.spec.folder / name, []
        # In one go and without a look at each: there may be very many.
        with suppress(OSError), os.scandir(folder) as found:
            names = [one.name for one in found if one.is_file(follow_symlinks=False)]
        for file in sorted(names):
            if not file.startswith(".") and not file.endswith(_UNFINISHED):
                yield folder / file

    def _move(self, file: Path, folder: Path, name: str | None = None) -> Path | None:
        """Move a file without replacing another; return where it is now, if it went."""
        target = folder / (name or file.name)
        count = 1
        while name is None and target.exists():
            target = folder / f"{file.stem}.{count}{file.suffix}"
            count += 1
        try:
            return file.rename(target)
        except OSError as error:
            _LOGGER.warning("job %s cannot be moved: %s", file.name, error)
            return None

    def _count(self, name: str, attempts: int) -> None:
        self._not_before.pop(name, None)
        if attempts > 0:
            self._attempts[name] = attempts
        else:
            self._attempts.pop(name, None)
        new = self.spec.folder / ".attempts.new"
        with suppress(OSError):
            new.write_text(json.dumps(self._attempts), encoding="utf-8")
            new.rename(self.spec.folder / ".attempts.json")

    def _read_attempts(self) -> dict[str, int]:
        try:
            text = (self.spec.folder / ".attempts.json").read_text(encoding="utf-8")
            found = json.loads(text)
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: count for name, count in found.items() if isinstance(count, int)}


def _line(file: Path) -> str:
    # No argument may have a NUL in it, or be longer than the kernel takes.
    with suppress(OSError):
        text = file.read_text(encoding="utf-8", errors="replace")
        return text.replace("\0", "")[:LONGEST_LINE].strip()
    return ""
