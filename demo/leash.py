"""Runs a program that ends when its parent does: `python leash.py PARENT PROGRAM …`.

However the parent dies, by Ctrl-C or by SIGKILL, the kernel sends the program SIGTERM,
so nothing that the demo starts can be left behind. Standard library only, and no
imports from this package: it runs as a plain file.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Turn into the command, tied to the life of the parent."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM):
        raise OSError(ctypes.get_errno(), "prctl refused")
    if os.getppid() != parent:
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
