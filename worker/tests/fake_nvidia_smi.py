#!/usr/bin/env python3
"""A program that behaves as nvidia-smi is documented to, for cards in a file.

There is no graphics card where the tests run. `cards.json` in the folder that
FAKE_NVIDIA_SMI names says what the cards are; a file `denied` there takes the right to
change anything away.
"""

import fcntl
import json
import os
from pathlib import Path
import sys

FOLDER = Path(os.environ["FAKE_NVIDIA_SMI"])
NAMES = {
    "index": "index",
    "power.draw": "draw",
    "power.limit": "limit",
    "power.min_limit": "least",
    "power.max_limit": "most",
}


def main(arguments: list[str]) -> int:
    file = FOLDER / "cards.json"
    if not file.exists():
        sys.stdout.write("NVIDIA-SMI has failed: no communication with the driver.\n")
        return 9
    cards = json.loads(file.read_text())
    query, _, fields = arguments[0].partition("=")
    if query == "--query-gpu":
        assert arguments[1] == "--format=csv,noheader,nounits"
        for card in cards:
            values = (card[NAMES[field]] for field in fields.split(","))
            sys.stdout.write(", ".join(map(str, values)) + "\n")
        return 0
    assert (arguments[0], arguments[2]) == ("-i", "-pl")
    (card,) = (one for one in cards if one["index"] == int(arguments[1]))
    watts = float(arguments[3])
    if (FOLDER / "denied").exists():
        sys.stdout.write("Changing power management limit failed: no permission.\n")
        return 4
    if not card["least"] <= watts <= card["most"]:
        sys.stdout.write("Provided power limit is not a valid power limit.\n")
        return 2
    card["limit"] = watts
    new = FOLDER / "cards.new"
    new.write_text(json.dumps(cards))
    new.rename(file)
    return 0


if __name__ == "__main__":
    # Two may be called at the same time, for one card each, as with the real one.
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sys.exit(main(sys.argv[1:]))
