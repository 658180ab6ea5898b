"""What the integration's texts are, and a watch over the keys that code asks for.

Home Assistant's own test suite has such a watch; its plugin for custom
integrations has not. Without it a missing text shows only as a raw key in the
user's dialog.
"""

from collections.abc import Generator
import json
from pathlib import Path
from string import Formatter
from typing import Any
from unittest.mock import patch

from homeassistant import data_entry_flow
from homeassistant.core import ServiceRegistry
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

import custom_components.solar_compute as integration

DOMAIN = "solar_compute"
FOLDER = Path(integration.__path__[0])


def english() -> dict[str, Any]:
    """Return the integration's English texts."""
    texts: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text())
    return texts


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Generator[tuple[str, str]]:
    """Yield every text with its dotted path."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    else:
        yield ".".join(path), tree


def placeholders(text: str) -> set[str]:
    """Return the names in braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _missing(path: str, given: Any) -> str | None:
    """Say what is wrong with the text at `path`; None where nothing is."""
    texts = dict(leaves(english()))
    if path not in texts:
        return f"{path} has no text"
    unfilled = placeholders(texts[path]) - set(given or {})
    return f"{path} lacks placeholders {unfilled}" if unfilled else None


@pytest.fixture(autouse=True)
def check_translations() -> Generator[list[str]]:
    """Fail a test in which code asked for a text that does not exist."""
    wrong: list[str] = []

    def check(path: str, given: Any) -> None:
        if (fault := _missing(path, given)) is not None:
            wrong.append(fault)

    handle_step = data_entry_flow.FlowManager._async_handle_step
    create_issue = ir.IssueRegistry.async_get_or_create
    call_action = ServiceRegistry.async_call

    async def watched_step(self: Any, flow: Any, *args: Any, **kwargs: Any) -> Any:
        result = await handle_step(self, flow, *args, **kwargs)
        for path, given in _flow_texts(flow, result):
            check(path, given)
        return result

    def watched_issue(
        self: Any, domain: str, issue_id: str, *args: Any, **kwargs: Any
    ) -> Any:
        if domain == DOMAIN:
            path, given = kwargs["translation_key"], kwargs["translation_placeholders"]
            check(f"issues.{path}.title", given)
            if not kwargs["is_fixable"]:
                check(f"issues.{path}.description", given)
        return create_issue(self, domain, issue_id, *args, **kwargs)

    async def watched_action(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await call_action(self, *args, **kwargs)
        except HomeAssistantError as error:
            if error.translation_domain == DOMAIN:
                check(
                    f"exceptions.{error.translation_key}.message",
                    error.translation_placeholders,
                )
            raise

    with (
        patch.object(data_entry_flow.FlowManager, "_async_handle_step", watched_step),
        patch.object(ir.IssueRegistry, "async_get_or_create", watched_issue),
        patch.object(ServiceRegistry, "async_call", watched_action),
    ):
        yield wrong
    assert not wrong


def _flow_texts(flow: Any, result: Any) -> Generator[tuple[str, Any]]:
    """Yield the texts that the frontend shows for a flow's result."""
    if (root := _flow_root(flow)) is None:
        return
    given = result.get("description_placeholders")
    if result["type"] is data_entry_flow.FlowResultType.ABORT:
        # Home Assistant words these itself, and says so in most of them.
        own = result.get("translation_domain", DOMAIN) == DOMAIN
        if own and result["reason"] not in ("already_in_progress", "no_flow"):
            yield f"{root}.abort.{result['reason']}", given
    elif result["type"] is data_entry_flow.FlowResultType.FORM:
        yield f"{root}.step.{result['step_id']}.title", given
        for error in (result["errors"] or {}).values():
            yield f"{root}.error.{error}", given


def _flow_root(flow: Any) -> str | None:
    """Return where a flow of ours has its texts; None for another's flow."""
    kind = type(flow)
    if not kind.__module__.startswith(integration.__name__):
        return None
    names = {base.__name__ for base in kind.__mro__}
    if "OptionsFlow" in names:
        return "options"
    if "ConfigSubentryFlow" in names:
        return f"config_subentries.{flow.handler[1]}"
    if "RepairsFlow" in names:
        return None
    return "config"
