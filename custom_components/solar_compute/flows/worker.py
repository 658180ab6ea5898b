"""The dialog for a worker: what kind it is, which one, then what it is worth.

Reconfiguring offers the two halves separately, so that a worker's value can be
changed while its machine is off; a repair goes straight to the first page of its kind.
The pages of each kind are in a module of their own.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.translation import async_get_translations

from .. import const as c
from ..workers import KINDS, create_backend, entity, is_switched, parse_backend
from .agent import AgentPages
from .always_on import AlwaysOnPages
from .boinc import BoincPages
from .docker import DockerPages
from .folding import FoldingPages
from .slurm import SlurmPages
from .switched import SwitchedPages

_FIRST_PAGES: Mapping[str, tuple[str, ...]] = {
    entity.KIND.key: ("entity_device", "entity"),
}
"""Kinds that can be begun in more ways than by the page that is named after them."""

_ABILITIES = (
    f"component.{c.DOMAIN}.entity.sensor.worker_state.state_attributes.abilities.state"
)


class WorkerSubentryFlow(
    AgentPages,
    BoincPages,
    DockerPages,
    FoldingPages,
    SlurmPages,
    SwitchedPages,
    AlwaysOnPages,
):
    """Adds or changes one worker, of any kind."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of worker it is."""
        pages = [page for kind in KINDS for page in _FIRST_PAGES.get(kind, (kind,))]
        return self.async_show_menu(step_id="user", menu_options=pages)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to change, unless a repair has told that it is how to get in."""
        self._data = dict(self._known)
        kind = self._data[c.CONF_KIND]
        if not is_switched(kind):
            return await self.async_step_always_on()
        refused = KINDS[kind].refused(self._data)
        if user_input == c.LET_IN and refused:
            self._refused = refused
            page: SubentryFlowResult = await getattr(self, f"async_step_{kind}")()
            return page
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[kind, "worth"],
            description_placeholders={
                "worker": self._get_reconfigure_subentry().title,
                "abilities": await self._async_abilities(),
            },
        )

    async def _async_abilities(self) -> str:
        """Return what this worker can do beyond starting and pausing, in words."""
        config = parse_backend(self._data)
        backend = create_backend(self.hass, config, controller="")
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "entity", [c.DOMAIN]
        )
        features = sorted(backend.capabilities.features)
        return ", ".join(texts[f"{_ABILITIES}.{one}"] for one in features) or "–"
