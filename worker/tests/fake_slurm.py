"""Slurm's programs as a script that answers from files, and notes what it was told.

`install` puts `scontrol`, `squeue`, `sinfo` and `sdiag` into a folder.
"""

import os
from pathlib import Path

SCRIPT = """#!/bin/sh
cd '{folder}'
program=${{0##*/}}
if [ "$program" = scontrol ] && [ "$1" != show ]; then
  echo "$*" >> told
  cat refusal >&2
  [ ! -s refusal ]
  exit
fi
if [ "$(cat "$program")" = fails ]; then
  echo "slurm_load_jobs error: Unable to contact slurm controller" >&2
  exit 1
fi
cat "$program"
"""


class FakeSlurm:
    """A partition "solar" of which a test writes down what Slurm says."""

    def __init__(self, folder: Path) -> None:
        """Write the programs, and answers of an open partition without jobs."""
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        script = SCRIPT.format(folder=folder)
        for program in ("scontrol", "squeue", "sinfo", "sdiag"):
            file = self.programs / program
            file.write_text(script)
            file.chmod(0o755)
        self.answer("scontrol", "PartitionName=solar Nodes=box State=UP TotalCPUs=4")
        self.answer("squeue", "")
        self.answer("sinfo", "idle")
        self.messages(0)
        (folder / "refusal").write_text("")
        (folder / "told").write_text("")

    @property
    def path(self) -> str:
        """Return the search path on which these programs come first."""
        return f"{self.programs}{os.pathsep}{os.environ['PATH']}"

    def answer(self, program: str, text: str) -> None:
        """Have a program say this from now on."""
        (self.folder / program).write_text(text)

    def jobs(self, *rows: str) -> None:
        """Have these jobs, as `number|state|cores|nodes|reason`."""
        self.answer("squeue", "\n".join(rows))

    def messages(self, count: int) -> None:
        """Have the controller tell so many nodes something."""
        self.answer(
            "sdiag", f"Server:\nAgent queue size:     0\nAgent count:    {count}\n"
        )

    def refuse(self, text: str) -> None:
        """Refuse every change from now on."""
        (self.folder / "refusal").write_text(text)

    def told(self) -> list[str]:
        """Return what it was told since the last time that this was asked."""
        lines = (self.folder / "told").read_text().splitlines()
        (self.folder / "told").write_text("")
        return lines
