"""The dialog for a worker: what kind it is, which one, then what it is worth.

Reconfiguring offers the two halves separately, so that a worker's value can be
changed while its machine is off. The pages of each kind are in a module of their own.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from .. import const as c
from ..workers import KINDS, entity, is_switched
from .agent import AgentPages
from .always_on import AlwaysOnPages
from .boinc import BoincPages
from .docker import DockerPages
from .switched import SwitchedPages

_FIRST_PAGES: Mapping[str, tuple[str, ...]] = {
    entity.KIND.key: ("entity_device", "entity"),
}
"""Kinds that can be begun in more ways than by the page that is named after them."""


class WorkerSubentryFlow(
    AgentPages, BoincPages, DockerPages, SwitchedPages, AlwaysOnPages
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
        """Ask what to change."""
        self._data = dict(self._known)
        if not is_switched(self._data[c.CONF_KIND]):
            return await self.async_step_always_on()
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[self._data[c.CONF_KIND], "worth"],
            description_placeholders={"worker": self._get_reconfigure_subentry().title},
        )
