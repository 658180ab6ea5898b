"""The state folder: what the service keeps, and shares with its own command line.

Standard library only. Every file is for the service's user alone and is replaced whole,
so that a crash leaves the old one or the new one. Whoever changes a file holds the lock.
What cannot be read is an error, never as good as nothing: else damage would let somebody
in, or quietly throw everybody out.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
import fcntl
import json
import os
from pathlib import Path
import secrets
import tempfile
from typing import Any

_LOCK = "lock"
_IDENTITY = "id"
_IDENTITY_LENGTH = 32


class StateError(Exception):
    """The state cannot be used; the message is a sentence for a person."""


class StateFolder:
    """A folder that is made when something is first kept in it."""

    def __init__(self, path: Path) -> None:
        """Take its path; nothing is made yet."""
        self.path = path

    def identity(self) -> str | None:
        """Return what tells this service from others for good, None before it has one."""
        try:
            text = self._read(_IDENTITY)
        except StateError:
            return None
        return None if text is None else text.strip()[:_IDENTITY_LENGTH] or None

    def ensure_identity(self) -> str:
        """Return the same, and choose it if there is none yet. Raises StateError."""
        with self.locked():
            if (known := self.identity()) is None:
                known = secrets.token_hex(_IDENTITY_LENGTH // 2)
                self.write_text(_IDENTITY, known)
        return known

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep everybody else from changing anything. Raises StateError."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Jobs run as the service's user: root must not give them what a link of
            # theirs points to.
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            lock = os.open(self.path / _LOCK, flags, 0o600)
        except OSError as error:
            raise StateError(
                f"The state folder {self.path} cannot be used: {error.strerror}."
                " Put state_folder in [server] where the service may write."
            ) from error
        try:
            self._give_to_owner(lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read_json(self, name: str) -> Any:
        """Return what a file has, None if there is no such file. Raises StateError."""
        text = self._read(name)
        if text is None:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.damaged(name) from error

    def write_json(self, name: str, data: Any) -> None:
        """Replace a file. Raises StateError."""
        self.write_text(name, json.dumps(data, indent=1))

    def write_text(self, name: str, text: str) -> None:
        """Replace a file. Raises StateError."""
        temporary = None
        try:
            # `mkstemp` makes files that nobody else can read.
            handle, temporary = tempfile.mkstemp(dir=self.path, prefix=f".{name}-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                self._give_to_owner(file.fileno())
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path / name)
        except OSError as error:
            if temporary is not None:
                with suppress(OSError):
                    Path(temporary).unlink()
            path = self.path / name
            raise StateError(f"{path} cannot be written: {error.strerror}.") from error

    def remove(self, name: str) -> None:
        """Have a file no more. Raises StateError."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            path = self.path / name
            raise StateError(f"{path} cannot be removed: {error.strerror}.") from error

    def damaged(self, name: str) -> StateError:
        """Return what to raise about a file that makes no sense."""
        return StateError(
            f"{self.path / name} is damaged: mend it, or delete it and begin anew."
        )

    def stamp(self, name: str) -> object:
        """Return something that is another one once the file has changed."""
        try:
            stat = (self.path / name).stat()
        except OSError:
            return None
        return (stat.st_ino, stat.st_mtime_ns, stat.st_size)

    def _read(self, name: str) -> str | None:
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            path = self.path / name
            raise StateError(f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise self.damaged(name) from error

    def _give_to_owner(self, handle: int) -> None:
        """Let the service read what root writes into its folder."""
        if os.geteuid() == 0:
            owner = self.path.stat()
            os.fchown(handle, owner.st_uid, owner.st_gid)
