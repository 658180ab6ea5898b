"""The dialog for a worker: what kind it is, which one, then what it is worth.

Reconfiguring offers the two halves separately, so that a worker's value can be
changed while its machine is off. The pages of each kind are in a module of their own.
"""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from .. import const as c
from ..workers import KINDS
from .agent import AgentPages
from .boinc import BoincPages
from .docker import DockerPages
from .folding import FoldingPages
from .switched import SwitchedPages


class WorkerSubentryFlow(
    AgentPages, BoincPages, DockerPages, FoldingPages, SwitchedPages
):
    """Adds or changes one worker, of any kind."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of worker it is."""
        return self.async_show_menu(step_id="user", menu_options=list(KINDS))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to change."""
        self._data = dict(self._known)
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[self._data[c.CONF_KIND], "worth"],
            description_placeholders={"worker": self._get_reconfigure_subentry().title},
        )
