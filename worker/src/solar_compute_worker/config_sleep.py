"""The `[sleep]` table, checked and turned into a `SleepSpec`.

It looks whether the program is there; it must never run it.
"""

import shutil

from .spec import SleepSpec
from .table import Table

LEAST_AFTER_S = 60.0
LEAST_NOTICE_S = 10.0
MAX_TIME_S = 7 * 86_400.0
MAX_NOTICE_S = 600.0


def sleep_spec(table: Table) -> SleepSpec:
    """Return what the table says, noting every problem."""
    after_s = table.number("after_s", LEAST_AFTER_S, MAX_TIME_S, required=True)
    notice_s = table.number("notice_s", LEAST_NOTICE_S, MAX_NOTICE_S)
    command = table.texts("command") if table.has("command") else []
    logins = table.flag("despite_logins")
    table.close()
    default = SleepSpec()
    program = command[0] if command else default.command[0]
    if shutil.which(program) is None:
        table.problem("command", f"starts {program!r}, which is not a program here")
    return SleepSpec(
        default.after_s if after_s is None else after_s,
        default.notice_s if notice_s is None else notice_s,
        tuple(command) or default.command,
        bool(logins),
    )
