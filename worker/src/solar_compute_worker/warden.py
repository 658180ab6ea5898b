"""Waits for the service to be gone, and then runs one command until it succeeds.

The service runs this file as a program of its own for what outlives it: a container or a
unit that has to be paused then, a limit that has to be given back. Whatever happens to
the service, the pipe to this program's standard input closes.

Standard library only and no import from this package, since it runs without site
packages. It must never end before its command has succeeded.

Arguments: COMMAND... It has to be harmless where there is nothing left to do.
Standard input: any byte is a sign of life from the service; the end means "do it". The
byte FAREWELL right before it says that nothing of what the service did is under way.
"""

import os
import select
import signal
import subprocess
import sys
import time

TICK_S = 0.25
SILENCE_S = 10.0
"""After this long without a sign of life the service hangs, and the command is run."""
COMMAND_S = 30.0
"""How long the command may take."""
RETRY_S = 1.0
LONGEST_RETRY_S = 30.0
FAREWELL = b"!"
AFTERMATH_S = 3.0
"""What a service that died had asked for last may come to pass this much later."""


def run(command: list[str]) -> bool:
    """Run the command; return whether it succeeded."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=COMMAND_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{command[0]}: {error}\n")
        return False
    return done.returncode == 0


def persist(command: list[str]) -> None:
    """Run the command until it succeeds."""
    delay_s = RETRY_S
    while not run(command):
        time.sleep(delay_s)
        delay_s = min(2 * delay_s, LONGEST_RETRY_S)


def watch(command: list[str]) -> None:
    """Wait for the end of standard input, then run the command until it succeeds."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # The service says when to end; a signal to a whole unit or terminal does not.
        signal.signal(number, signal.SIG_IGN)
    heard, last = time.monotonic(), b""
    while True:
        if select.select([0], [], [], TICK_S)[0]:
            if not (said := os.read(0, 4096)):
                break
            heard, last = time.monotonic(), said
        elif time.monotonic() - heard > SILENCE_S:
            run(command)
    persist(command)
    if not last.endswith(FAREWELL):
        time.sleep(AFTERMATH_S)
        persist(command)


if __name__ == "__main__":
    watch(sys.argv[1:])
