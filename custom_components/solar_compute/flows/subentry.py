"""What the dialogs for workers, heat sinks and guards have in common.

May import Home Assistant; must never reload the entry, whose update listener does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)


class SubentryDialog(ConfigSubentryFlow):
    """Adds or changes one subentry, whose data it collects page by page."""

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._data: dict[str, Any] = {}
        self._title = ""

    @property
    def _is_change(self) -> bool:
        return self.source == SOURCE_RECONFIGURE

    @property
    def _known(self) -> Mapping[str, Any]:
        """What was stored before; nothing while a subentry is added."""
        return self._get_reconfigure_subentry().data if self._is_change else {}

    def _others(self, subentry_type: str) -> Iterator[ConfigSubentry]:
        """Go through the subentries of a type, but for the one that is changed."""
        own = self._get_reconfigure_subentry().subentry_id if self._is_change else None
        for subentry in self._get_entry().get_subentries_of_type(subentry_type):
            if subentry.subentry_id != own:
                yield subentry

    def _store(self, data: dict[str, Any]) -> SubentryFlowResult:
        """Add the subentry with its data, or give the data to the one that is there."""
        if self._is_change:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data=data
            )
        return self.async_create_entry(title=self._title, data=data)
