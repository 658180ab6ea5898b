"""What the rest of the integration knows of a kind of worker.

Each back-end's module ends in one `WorkerKind`; the registry beside this module lists
them. May import the contract only; must never talk to a worker.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant
from yarl import URL

from .base import Backend, BackendConfig, Feature


def _nothing(_config: Any) -> Iterable[str]:
    return ()


def _lets_in(_data: Mapping[str, Any]) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerKind[C: BackendConfig]:
    """A kind of worker.

    `key` is stored with each worker and names the first page of its dialog; `model` is
    what its device is called. `features` are all that a worker of this kind may have;
    what a particular one has is in its `Capabilities`.

    `keys` are the stored values that say which worker it is and how it is reached;
    `entity_keys` are those of them that hold ids of entities, and `secrets` those that
    nobody else may see. `refused` tells from stored data which error to show, by the field
    of its first page, when the worker does not let us in; none if it lets everybody in.

    `parse` reads stored data; `create` makes the back-end, of which the last argument
    is the stable id that leases are held under. Without it the kind is never switched:
    it draws, and is counted. `same` tells from stored data whether
    two workers would be torn between two hands. `entities` and `hosts` are what a
    configuration refers to: the latter are hidden in diagnostics (`hosts_of`).
    """

    key: str
    model: str
    features: frozenset[Feature]
    keys: tuple[str, ...]
    parse: Callable[[Mapping[str, Any]], C]
    create: Callable[[HomeAssistant, C, str], Backend] | None
    same: Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
    entity_keys: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    refused: Callable[[Mapping[str, Any]], dict[str, str]] = _lets_in
    entities: Callable[[C], Iterable[str]] = _nothing
    hosts: Callable[[C], Iterable[str]] = _nothing


def same_by(*keys: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    """Return what tells that two workers are the same by these stored values."""
    return lambda one, other: all(one.get(key) == other.get(key) for key in keys)


def hosts_of(url: str) -> list[str]:
    """Return what an address has to hide: its host, and a name and password before it."""
    login = urlsplit(url).netloc.rpartition("@")[0]
    return [part for part in (login, URL(url).host) if part]
