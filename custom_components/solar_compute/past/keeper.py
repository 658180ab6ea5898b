"""Keeps the home's own past: from every decision a little, for more than a year.

The balance with the workers taken out, sun, battery, prices, temperatures and what
each worker drew, in 5-minute means. It begins with what the recorder knows of the last
ten days, and fills what a crash has lost from there. Of the weeks before it can ask for
hourly means, which it does not keep. It must never decide anything.
"""

import asyncio
from datetime import datetime, timedelta
import logging
from time import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..configured import Configuration
from ..const import DOMAIN
from ..core.ahead import Ahead
from ..core.gather import Gathering, Row, gather
from ..core.history import BALANCE_W, History
from ..core.model import Decision, Snapshot
from ..core.observed import observed_values
from ..core.resample import from_rows, joined
from ..versioned import KeptFile
from .kept import PAST, STEP_S, Kept
from .wanted import wanted, worker_powers

_LOGGER = logging.getLogger(__name__)

LONGEST_DAYS = 400
LONGEST = LONGEST_DAYS * 86400 // STEP_S
"""So many intervals are kept: a year, and the season before it once more."""

SEED_S = 10 * 86400.0
"""The recorder keeps so much by default."""

OLDER_S = 60 * 86400.0
"""So far back hourly means are asked for: what a home needed before counts for little."""

HOUR_S = 3600

SAVE_EVERY = timedelta(hours=6)


class PastKeeper:
    """The past of one site, in memory and on disk."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, configuration: Configuration
    ) -> None:
        """Know nothing yet."""
        self.closed = False
        self._hass = hass
        self._entry = entry
        self._configuration = configuration
        self._store = KeptFile(hass, entry.entry_id, PAST)
        self._base: History | None = None
        self._rows: list[Row] = []
        self._gathering: Gathering | None = None
        self._seen: tuple[float, dict[str, float]] | None = None
        self._loaded = False
        self.forgotten_s = 0.0
        """When a person had all forgotten (Unix): nothing from before is asked for."""
        self._seeding: asyncio.Task[None] | None = None

    async def async_start(self) -> None:
        """Go on from what was kept, and ask the recorder for what is missing."""
        kept = await self._store.async_load()
        self._gathering = self._gathering or kept.gathering
        self.forgotten_s = kept.forgotten_s
        self._join(kept.history)
        self._loaded = True
        unload = self._entry.async_on_unload
        unload(
            async_track_time_interval(
                self._hass,
                self._on_interval,
                SAVE_EVERY,
                name=f"{DOMAIN} past",
                cancel_on_shutdown=True,
            )
        )
        unload(
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._on_final_write
            )
        )
        self._seeding = self._entry.async_create_background_task(
            self._hass, self._seed(), f"{DOMAIN} past"
        )

    async def async_seeded(self) -> None:
        """Return once the recorder has told what it knows."""
        if self._seeding is not None:
            await asyncio.wait({self._seeding})

    async def async_close(self) -> None:
        """Write what was gathered."""
        self.closed = True
        await self._save()

    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        """Return `ahead` as it is: this part only looks back."""
        return ahead

    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        """Gather what is known at this decision; it stands until the next."""
        now_s = snapshot.local.timestamp()
        policy = self._configuration.spec.policy
        if self._seen is not None:
            from_s, values = self._seen
            self._gathering, rows = gather(
                self._gathering,
                values,
                from_s=from_s,
                until_s=min(now_s, from_s + policy.power_hold_s),
                step_s=STEP_S,
            )
            self._rows += rows
        self._seen = now_s, observed_values(snapshot, decision, policy)

    @callback
    def history(self) -> History | None:
        """Return all that is kept, None where there is nothing. Its values never change.

        Short enough for the event loop: a few milliseconds for a year.
        """
        rows, self._rows = self._rows, []
        now_s = time()
        oldest_s = now_s - LONGEST * STEP_S
        self._join(
            from_rows(
                [row for row in rows if oldest_s < row[0] <= now_s], step_s=STEP_S
            )
        )
        return self._base

    async def async_older(self) -> History | None:
        """Return hourly means of the weeks before what is kept, None where none are.

        They hide every cloud and kettle: only what the home needs follows from them.
        """
        now_s, known = time(), self.history()
        # The hour in which a person had all forgotten is not asked for either.
        start_s = -(-max(now_s - OLDER_S, self.forgotten_s) // HOUR_S) * HOUR_S
        end_s = now_s if known is None else min(now_s, known.start_s)
        if end_s - start_s < HOUR_S:
            return None
        return await self._recorded(start_s, end_s, HOUR_S)

    async def async_forget(self) -> None:
        """Forget all of it, also on disk. What comes is gathered anew.

        What the recorder still knows of it stays forgotten.
        """
        if self._seeding is not None:
            self._seeding.cancel()
        self.forgotten_s = time()
        self._base = self._gathering = self._seen = None
        self._rows.clear()
        await self._save()

    def _join(self, past: History | None) -> None:
        """Take a past in; what is known already stays."""
        if past is None or past.end_s > time() + 86400:
            return
        if self._base is not None:
            past = joined(self._base, past, longest=LONGEST)
        self._base = past

    async def _seed(self) -> None:
        """Fill in from the recorder what is not known of the last days."""
        if not self._has_recorder:
            _LOGGER.info("There is no recorder: the past is gathered from now on")
            return
        now_s = time()
        known = self.history()
        since_s = max(now_s - SEED_S, min(self.forgotten_s, now_s))
        if known is not None and BALANCE_W in known.columns:
            since_s = max(since_s, known.end_s)
        recorded = await self._recorded(since_s, now_s, STEP_S)
        self.history()
        self._join(recorded)

    async def _recorded(
        self, start_s: float, end_s: float, step_s: int
    ) -> History | None:
        """Return what the recorder knows of that time, None where it knows nothing."""
        if not self._has_recorder:
            return None
        from .recorded import async_read

        try:
            return await async_read(
                self._hass,
                wanted(
                    self._configuration, worker_powers(self._hass, self._configuration)
                ),
                start_s=start_s,
                end_s=end_s,
                step_s=step_s,
            )
        except Exception:
            _LOGGER.exception("The recorder does not tell of the past")
            return None

    @property
    def _has_recorder(self) -> bool:
        return "recorder" in self._hass.config.components

    async def _save(self) -> None:
        if self._loaded:
            await self._store.async_save(
                Kept(
                    history=self.history(),
                    gathering=self._gathering,
                    forgotten_s=self.forgotten_s,
                )
            )

    async def _on_interval(self, _now: datetime) -> None:
        await self._save()

    async def _on_final_write(self, _event: Event) -> None:
        await self._save()
