"""Clients: who is let in, with which token, and for how long."""

import json
import os
from pathlib import Path
import threading
from typing import Any

import pytest

from solar_compute_worker.clients import GRACE_S, Clients
from solar_compute_worker.state_folder import StateError, StateFolder

from .conftest import Spawn
from .keys import Visitor, code_of, tell
from .support import SLEEP

NOW = 1_800_000_000.0
GUARDED = "require_token = true"
CONFIGURED = "correct-horse-battery"


@pytest.fixture
def clients(tmp_path: Path) -> Clients:
    (tmp_path / "state").mkdir()
    return Clients(StateFolder(tmp_path / "state"))


def guarded(program: Spawn, server: str = GUARDED) -> tuple[Visitor, Any]:
    """Start a service that lets only clients in."""
    _, config = program(command=SLEEP, server=server)
    visitor = Visitor(config)
    visitor.arrive()
    return visitor, config


def test_a_revoked_client_is_out_at_once_and_others_stay(program: Spawn) -> None:
    visitor, config = guarded(program)
    (_, one), (_, other) = (visitor.pair(code_of(config)) for _ in range(2))
    assert visitor.lets_in(one["token"])
    assert "is not let in any more" in tell(config, "revoke", one["client"])
    assert not visitor.lets_in(one["token"])
    assert visitor.lets_in(other["token"])


def test_to_revoke_a_client_that_is_not_there_is_an_error(program: Spawn) -> None:
    _, config = guarded(program)
    assert "no client 'nobody'" in tell(config, "revoke", "nobody", status=1)


def test_a_client_that_cannot_pair_is_given_a_token_by_hand(program: Spawn) -> None:
    visitor, config = guarded(program)
    token = tell(config, "add", "prometheus").split()[-1]
    assert visitor.lets_in(token)
    assert "prometheus" in tell(config, "clients")


def test_the_token_in_the_configuration_goes_on_being_good(program: Spawn) -> None:
    visitor, config = guarded(program, f'token = "{CONFIGURED}"')
    _, answer = visitor.pair(code_of(config))
    assert visitor.lets_in(CONFIGURED)
    assert visitor.lets_in(answer["token"])
    assert "good as well" in tell(config, "clients")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_the_token_in_the_configuration_can_only_be_changed_there(
    program: Spawn, method: str
) -> None:
    visitor, _ = guarded(program, f'token = "{CONFIGURED}"')
    status, answer = visitor.call(method, "token", token=CONFIGURED)
    assert (status, answer["error"]) == (409, "not_paired")


def test_an_exchanged_token_is_good_and_the_old_one_for_a_while(
    program: Spawn,
) -> None:
    visitor, config = guarded(program)
    old = visitor.pair(code_of(config))[1]["token"]
    status, answer = visitor.call("POST", "token", token=old)
    assert status == 200
    assert visitor.lets_in(answer["token"])
    assert visitor.lets_in(old)
    kept = json.loads((config.server.state_folder / "clients.json").read_text())
    kept[0]["token_since"] -= GRACE_S
    (config.server.state_folder / "clients.json").write_text(json.dumps(kept))
    assert not visitor.lets_in(old)
    assert visitor.lets_in(answer["token"])


def test_a_client_that_never_got_its_new_token_is_not_locked_out(
    clients: Clients,
) -> None:
    client, old = clients.add("Home", NOW)
    lost = clients.exchange(client.id)
    assert lost is not None
    assert clients.find(old, NOW + 1e9) is not None
    found = clients.exchange(client.id)
    assert found is not None
    clients.settle(client.id, found, NOW)
    assert clients.find(lost, NOW) is None
    assert clients.find(found, NOW) is not None


def test_the_old_token_stops_once_the_new_one_has_been_used(clients: Clients) -> None:
    client, old = clients.add("Home", NOW)
    new = clients.exchange(client.id)
    assert new is not None
    # The old one being used changes nothing.
    clients.settle(client.id, old, NOW + 5)
    assert clients.find(old, NOW + GRACE_S + 10) is not None
    clients.settle(client.id, new, NOW + 20)
    assert clients.find(old, NOW + GRACE_S + 19) is not None
    assert clients.find(old, NOW + GRACE_S + 21) is None
    # Nor does a clock that was set back revive it.
    assert clients.find(old, NOW) is None
    assert clients.find(new, NOW) is not None


def test_a_client_gives_its_token_back(program: Spawn) -> None:
    visitor, config = guarded(program)
    token = visitor.pair(code_of(config))[1]["token"]
    assert visitor.call("DELETE", "token", token=token)[0] == 200
    assert not visitor.lets_in(token)
    assert "no paired clients" in tell(config, "clients")


DAMAGED = [
    "",
    "rubbish",
    "{}",
    "[1]",
    '[{"id": "a"}]',
    '[{"id": 1, "name": "x", "since": 1, "token": "x", "token_since": 1}]',
    '[{"id": "a", "name": "x", "since": "x", "token": "x", "token_since": 1}]',
]


@pytest.mark.parametrize("rubbish", DAMAGED)
def test_a_damaged_list_of_clients_lets_nobody_in_and_is_kept_as_it_is(
    clients: Clients, rubbish: str
) -> None:
    _, token = clients.add("Home", NOW)
    path = clients._folder.path / "clients.json"
    path.write_text(rubbish)
    for attempt in (
        lambda: clients.find(token, NOW),
        lambda: clients.add("Cabin", NOW),
        lambda: clients.remove("a"),
        lambda: clients.exchange("a"),
    ):
        with pytest.raises(StateError, match=r"clients\.json is damaged"):
            attempt()
    assert path.read_text() == rubbish


def test_a_service_whose_clients_are_damaged_goes_on_and_says_so(
    program: Spawn,
) -> None:
    visitor, config = guarded(program, f'token = "{CONFIGURED}"')
    token = visitor.pair(code_of(config))[1]["token"]
    path = config.server.state_folder / "clients.json"
    good = path.read_text()
    code = code_of(config)
    path.write_text("rubbish")
    assert not visitor.lets_in(token)
    assert visitor.lets_in(CONFIGURED)
    status, answer = visitor.pair(code)
    assert (status, answer["error"]) == (500, "state_unusable")
    assert "clients.json is damaged" in tell(config, "pair", status=1)
    path.write_text(good)
    assert visitor.lets_in(token)


def test_changes_from_many_sides_at_once_are_all_kept(clients: Clients) -> None:
    folder = clients._folder

    def add(number: int) -> None:
        own = Clients(StateFolder(folder.path))
        with own._folder.locked():
            own.add(f"home {number}", NOW)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {client.name for client in clients.all()} == {
        f"home {number}" for number in range(20)
    }


def test_names_cannot_forge_a_line_of_the_list(clients: Clients) -> None:
    client, _ = clients.add("Home\n000000  2026-01-01  Forged\x1b[2J", NOW)
    assert client.name.isprintable()
    assert clients.add(" \n", NOW)[0].name == "unnamed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for another user")
def test_what_root_writes_belongs_to_the_service(clients: Clients) -> None:
    folder = clients._folder
    os.chown(folder.path, 12345, 12345)
    with folder.locked():
        clients.add("Home", NOW)
    assert {path.stat().st_uid for path in folder.path.iterdir()} == {12345}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for another user")
def test_root_gives_away_nothing_that_a_link_in_the_folder_points_to(
    clients: Clients, tmp_path: Path
) -> None:
    folder, secret = clients._folder, tmp_path / "secret"
    secret.write_text("root's")
    os.chown(folder.path, 12345, 12345)
    (folder.path / "lock").symlink_to(secret)
    with pytest.raises(StateError, match="cannot be used"), folder.locked():
        pass
    assert secret.stat().st_uid == 0
