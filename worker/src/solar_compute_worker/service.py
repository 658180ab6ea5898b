"""All workers of one configuration, and the clock that ends their leases.

May import asyncio and this package. It must never depend on anybody asking: leases lapse
here, whether or not a request comes in.
"""

import asyncio
import logging
import os
from pathlib import Path
import tempfile

from . import clock
from .cgroup import CgroupTree, find_tree
from .config import ConfigError
from .gpu_limits import GpuLimits
from .guardian import clear_folder
from .host import Host
from .leftovers import kill_marked
from .power import Draw, Idle, find_meter
from .rails import MachineRails, Trip
from .sleeper import Sleeper
from .spec import Config
from .status import Cause, Power, State
from .worker import Worker

TICK_S = 0.25
"""How late the end of a lease may be noticed."""
LOOK_S = 2.0
"""How often to look at temperatures and disks."""
LOOK_LATE_S = 15.0
"""After this long without an answer from the sensors nothing is known."""
NO_LOOK = Trip(Cause.TEMPERATURE_UNKNOWN, "the machine's sensors do not answer")

_LOGGER = logging.getLogger(__name__)


class Service:
    """Named workers, each paused until a controller takes a lease on it."""

    def __init__(self, config: Config, tree: CgroupTree | None) -> None:
        """Make the workers; nothing is started. `tree` is where they get their groups."""
        self.config = config
        self.started_at = clock.now()
        host = Host(config.mark, tree, config.server.stop_grace_s)
        self.pause_method = host.pause_method
        self.workers = {spec.name: Worker(spec, host) for spec in config.workers}
        self._sleeper = (
            None
            if config.sleep is None
            else Sleeper(
                config.sleep, self.workers.values(), config.mark, config.path.parent
            )
        )
        self._limits = GpuLimits(self.workers.values(), config.mark)
        self._stop_grace_s = config.server.stop_grace_s
        folders = [spec.directory for spec in config.workers]
        folders += [spec.queue.folder for spec in config.workers if spec.queue]
        self._rails = MachineRails(config.guards, folders)
        self._hold(self._rails.look())
        self._meter = find_meter(config.power)
        self._idle = Idle(config.power.idle_w)
        self._busy_at = self.started_at
        self._tell_power(None)

    async def close(self) -> None:
        """End all jobs: ask, wait for the configured time, kill what is left."""
        await asyncio.gather(
            *(worker.close(self._stop_grace_s) for worker in self.workers.values())
        )
        await self._limits.close()

    async def watch(self) -> None:
        """End leases when their time is over, and keep the guard rails, for ever.

        No job may run when this is not running: if it fails, the service has to end.
        """
        tasks = [asyncio.create_task(self._keep_leases())]
        if self._rails.any or self._meter:
            tasks.append(asyncio.create_task(self._keep_looking()))
        if self._sleeper:
            tasks.append(asyncio.create_task(self._sleeper.keep()))
        if self._limits.any:
            tasks.append(asyncio.create_task(self._limits.keep()))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _keep_looking(self) -> None:
        """Look at the machine's sensors; a look that takes too long holds all workers."""
        looking = asyncio.create_task(asyncio.to_thread(self._look))
        while True:
            done, _ = await asyncio.wait([looking], timeout=LOOK_LATE_S)
            if done:
                trip, draw = looking.result()
                self._hold(trip)
                self._tell_power(draw)
                await asyncio.sleep(LOOK_S)
                looking = asyncio.create_task(asyncio.to_thread(self._look))
            else:
                self._hold(NO_LOOK if self._rails.any else None)
                self._tell_power(None)

    def _look(self) -> tuple[Trip | None, Draw | None]:
        draw = self._meter.look(clock.now()) if self._meter else None
        return self._rails.look(), draw

    def _tell_power(self, draw: Draw | None) -> None:
        """Learn from a draw, and tell the workers what they add to it."""
        if draw is not None:
            self._idle.learn(draw, self._busy_at)
        idle_w, workers = self._idle.watts, self.workers.values()
        for worker in workers:
            worker.note_draw(clock.now())
        since = 0.0 if draw is None else draw.since
        # What one worker has changed meanwhile spoils the reckoning for all.
        usable = all(worker.changed_at <= since for worker in workers)
        source = self.config.power.source
        if source not in ("none", "declared"):
            source = self._meter.source if self._meter else "declared"
        power = Power(
            source=source,
            machine_w=None if draw is None else draw.watts,
            idle_w=idle_w,
            added_w=(
                max(0.0, draw.watts - idle_w)
                if draw is not None and idle_w is not None and usable
                else None
            ),
            since=since,
            declared_w=sum(worker.declared_w for worker in workers),
        )
        for worker in workers:
            worker.power = power

    def _hold(self, trip: Trip | None) -> None:
        for worker in self.workers.values():
            worker.hold("machine", trip)

    async def _keep_leases(self) -> None:
        while True:
            now = clock.now()
            for worker in self.workers.values():
                worker.tick(now)
                if worker.state is not State.PAUSED:
                    self._busy_at = now
            await asyncio.sleep(TICK_S)


def prepare(config: Config) -> CgroupTree | None:
    """Choose how to pause, and end what a crashed run of this configuration left.

    Raises ConfigError if it insists on control groups and there are none to be had.
    Blocks for as long as the kernel takes to end such leftovers.
    """
    method = config.server.pause_method
    tree = None if method == "signal" else find_tree(config.mark)
    if tree is None and method == "cgroup":
        problem = (
            "[server]: pause_method is cgroup, but no control group (version 2) is"
            " writable here; docs/worker-service.md says how systemd provides one."
        )
        raise ConfigError([problem])
    kill_marked(config.mark)
    for folder in Path(tempfile.gettempdir()).glob(f"{config.mark}-*"):
        if folder.lstat().st_uid == os.getuid():
            clear_folder(str(folder))
    if tree is not None:
        tree.clear()
    _LOGGER.info(
        "jobs are paused by %s and throttled by %s",
        "the control group freezer" if tree else "signals",
        "a CPU quota" if tree and tree.quota else "pausing them in turns",
    )
    return tree
