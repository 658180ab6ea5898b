"""What the dialogs of all kinds of workers share: the end of the way.

Which worker it is, each kind asks in pages of its own; what it is worth, all ask alike.
May import Home Assistant; must never reload the entry, whose update listener does.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from .. import const as c
from ..workers import KINDS, is_switched, parse_backend
from ..workers.base import Feature
from . import checks, economics, readings
from .numbers import listed
from .schema import filled, flat, placed
from .subentry import SubentryDialog


class WorkerDialog(SubentryDialog):
    """Adds or changes one worker, once a page has told which."""

    def __init__(self) -> None:
        """Start with nothing entered."""
        super().__init__()
        self._unique_id: str | None = None
        self._refused: checks.Errors = {}
        """What the first page shows when it is opened, as the worker lets us in no more."""
        self._asks_name = False
        """Whether no page has asked yet what it shall be called."""

    async def async_step_worth(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what it is worth, when it may switch, and where its heat goes."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        entry = self._get_entry()
        leased = parse_backend(self._data).lease_s is not None
        currency = self.hass.config.currency
        sleeps = Feature.SLEEP in KINDS[self._data[c.CONF_KIND]].features
        schema = economics.schema(
            entry, currency, leased=leased, sleeps=sleeps, named=self._asks_name
        )
        if user_input is not None:
            levels = len(self._data[c.CONF_LEVELS_W])
            parsed, errors = economics.parsed(values, levels)
            if not errors:
                self._title = parsed.pop(c.CONF_NAME, None) or self._title
                identity = (c.CONF_KIND, *KINDS[self._data[c.CONF_KIND]].keys)
                kept = {k: self._data[k] for k in identity if k in self._data}
                self._data = {**kept, **parsed}
                return self._finish()
        return self.async_show_form(
            step_id="worth",
            data_schema=filled(
                self, schema, values or economics.known(entry, self._known)
            ),
            errors=placed(errors, schema),
            description_placeholders={
                "levels": listed(self._data[c.CONF_LEVELS_W]),
                "export_price": readings.price(
                    self.hass, entry.data, c.CONF_EXPORT_PRICE
                ),
            },
            last_step=True,
        )

    async def _async_identified(
        self, kind: str, identity: Mapping[str, Any]
    ) -> SubentryFlowResult:
        """Go on once it is known which worker it is: a kind, and values of its keys.

        Stored data tells workers apart, not their unique ids: it follows an entity
        that is renamed.
        """
        keys = KINDS[kind].keys
        kept = {key: value for key, value in self._data.items() if key not in keys}
        self._data = {**kept, **identity, c.CONF_KIND: kind}
        others = self._others(c.SUBENTRY_WORKER)
        if any(_same(other.data, self._data) for other in others):
            return self.async_abort(reason="already_configured")
        ends = self._is_change or not is_switched(kind)
        return self._finish() if ends else await self.async_step_worth()

    def _finish(self) -> SubentryFlowResult:
        data = {key: value for key, value in self._data.items() if value is not None}
        if not self._is_change:
            return self.async_create_entry(
                title=self._title, data=data, unique_id=self._unique_id
            )
        subentry = self._get_reconfigure_subentry()
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            unique_id=self._unique_id or subentry.unique_id,
            data=data,
        )


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two are the same worker, or would fight over one client."""
    kind = one[c.CONF_KIND]
    return kind == other[c.CONF_KIND] and KINDS[kind].same(one, other)
