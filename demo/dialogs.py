"""Goes through Home Assistant's dialogs as a person does: by the names of fields.

Fields that are not answered keep what the dialog proposes. An answer that no dialog
asked for is an error, so that a renamed field is noticed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .client import Client

ENTRY = "config/config_entries/flow"
OPTIONS = "config/config_entries/options/flow"
SUBENTRY = "config/config_entries/subentries/flow"


class DialogError(Exception):
    """A dialog that did not end as it should; the message is a sentence."""


@dataclass(slots=True)
class Dialog:
    """Answers to the questions of one dialog.

    `answers` by field name, in whatever step or section; `choices` are the menu items
    to take. Afterwards `untouched_seconds` has the fields in seconds that were left as
    they were proposed.
    """

    answers: Mapping[str, Any]
    choices: Collection[str] = ()
    untouched_seconds: set[str] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)

    async def go(self, client: Client, path: str, handler: Any) -> dict[str, Any]:
        """Go through the dialog; return how it ended. Raises DialogError."""
        step = await client.post(path, {"handler": handler})
        for _ in range(20):
            if step["type"] in ("create_entry", "abort"):
                return self._ended(step)
            if step.get("errors"):
                raise DialogError(
                    f"Step {step['step_id']} does not accept {step['errors']}."
                )
            step = await client.post(f"{path}/{step['flow_id']}", self._answer(step))
        raise DialogError(f"The dialog does not end: {step}.")

    def _ended(self, step: dict[str, Any]) -> dict[str, Any]:
        if step["type"] == "abort" and not step["reason"].endswith("_successful"):
            raise DialogError(f"The dialog broke off: {step['reason']}.")
        if unused := sorted(set(self.answers) - self._used):
            raise DialogError(f"The dialog never asked for {', '.join(unused)}.")
        return step

    def _answer(self, step: dict[str, Any]) -> dict[str, Any]:
        if step["type"] == "form":
            return self._filled(step["data_schema"])
        if step["type"] != "menu":
            raise DialogError(f"Step {step} is neither a form nor a menu.")
        chosen = [item for item in step["menu_options"] if item in self.choices]
        if len(chosen) != 1:
            raise DialogError(f"One of {step['menu_options']} has to be chosen.")
        return {"next_step_id": chosen[0]}

    def _filled(self, fields: list[dict[str, Any]]) -> dict[str, Any]:
        data = {}
        for item in fields:
            name = item["name"]
            if item.get("type") == "expandable":
                data[name] = self._filled(item["schema"])
                continue
            value = item.get("default")
            value = (item.get("description") or {}).get("suggested_value", value)
            if name in self.answers:
                self._used.add(name)
                value = self.answers[name]
            elif _in_seconds(item):
                self.untouched_seconds.add(name)
            if value is not None:
                data[name] = value
        return data


def _in_seconds(item: dict[str, Any]) -> bool:
    number = (item.get("selector") or {}).get("number") or {}
    return bool(number.get("unit_of_measurement") == "s")
