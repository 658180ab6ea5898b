"""Pairing: a person carries a code from the machine to the client."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from solar_compute_worker import pairing
from solar_compute_worker.clients import Clients
from solar_compute_worker.pairing import PairingError, derived, new_code, redeem
from solar_compute_worker.state_folder import StateFolder

from .conftest import Spawn
from .keys import PAIRED, Visitor, code_of, needs_openssl, tell
from .support import SLEEP, end_service, spawn_service

NOW = 1_800_000_000.0
DIGEST = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path / "state")


def asked(code: str, fingerprint: str = DIGEST) -> pairing.Request:
    """Return what a client sends that was told this code."""
    nonce = "5a" * 32
    key = derived(code.replace("-", ""), nonce, fingerprint)
    return pairing.Request("Home", nonce, fingerprint, pairing._proof(key, "client"))


def refusal(folder: StateFolder, request: pairing.Request, now: float = NOW) -> str:
    with pytest.raises(PairingError) as caught:
        redeem(folder, request, DIGEST, now)
    return caught.value.code


@needs_openssl
def test_a_client_that_is_told_the_code_gets_a_token_of_its_own(
    program: Spawn,
) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    assert not visitor.lets_in(None)

    status, answer = visitor.pair(code_of(config), name="Our home")

    assert status == 200
    assert visitor.lets_in(answer["token"])
    listed = tell(config, "clients")
    assert answer["client"] in listed
    assert "Our home" in listed
    assert (
        answer["token"] not in (config.server.state_folder / "clients.json").read_text()
    )


@needs_openssl
def test_a_code_is_good_once(program: Spawn) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    code = code_of(config)
    assert visitor.pair(code)[0] == 200
    status, answer = visitor.pair(code)
    assert (status, answer["error"]) == (403, "no_code")
    assert "solar-compute-worker pair" in answer["message"]


@needs_openssl
def test_somebody_in_between_gets_nothing_and_ends_the_code(program: Spawn) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    code = code_of(config)
    # The client sees another certificate; whoever shows it passes on what it sends.
    status, answer = visitor.pair(code, fingerprint=DIGEST)
    assert (status, answer["error"]) == (403, "other_certificate")
    assert visitor.pair(code)[1]["error"] == "no_code"
    assert "no paired clients" in tell(config, "clients")


@needs_openssl
def test_of_many_that_pair_at_once_with_one_code_one_gets_in(program: Spawn) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    code = code_of(config)
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: visitor.pair(code)[0], range(4)))
    assert sorted(statuses) == [200, 403, 403, 403]


def test_behind_a_proxy_any_certificate_is_the_right_one(program: Spawn) -> None:
    _, config = program(command=SLEEP, server="require_token = true")
    visitor = Visitor(config)
    visitor.arrive()
    assert visitor.pair(code_of(config), fingerprint=DIGEST)[0] == 200
    assert visitor.pair(code_of(config), fingerprint="")[0] == 200


def test_guesses_end_a_code_even_over_a_restart(program: Spawn) -> None:
    process, config = program(command=SLEEP, server="require_token = true")
    visitor = Visitor(config)
    visitor.arrive()
    code = code_of(config)
    for _ in range(2):
        assert visitor.pair("0000-0000")[1]["error"] == "wrong_code"
    end_service(process)
    again = spawn_service(config.path)
    try:
        visitor.arrive()
        for _ in range(3):
            assert visitor.pair("0000-0000")[1]["error"] == "wrong_code"
        assert visitor.pair(code)[1]["error"] == "no_code"
        assert visitor.pair(code_of(config))[0] == 200
    finally:
        end_service(again)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"name": 1, "nonce": DIGEST, "fingerprint": DIGEST, "proof": DIGEST},
        {"name": "x", "nonce": "short", "fingerprint": DIGEST, "proof": DIGEST},
        {"name": "x", "nonce": DIGEST, "fingerprint": "short", "proof": DIGEST},
        {"name": "x", "nonce": DIGEST, "fingerprint": DIGEST, "proof": "Z" * 64},
        {"name": "x", "nonce": DIGEST, "fingerprint": "", "proof": DIGEST, "a": 1},
    ],
)
def test_nonsense_does_not_cost_a_try(body: Any) -> None:
    assert pairing.parse_request(body) is None


def test_a_code_grows_old(folder: StateFolder) -> None:
    code = new_code(folder, NOW)
    assert refusal(folder, asked(code), NOW + 601) == "no_code"
    assert refusal(folder, asked(code), NOW) == "no_code"


def test_a_clock_that_was_set_back_makes_no_code_younger(folder: StateFolder) -> None:
    code = new_code(folder, NOW)
    assert refusal(folder, asked(code), NOW - 1) == "no_code"


def test_a_new_code_replaces_the_one_before(folder: StateFolder) -> None:
    first = new_code(folder, NOW)
    second = new_code(folder, NOW)
    assert refusal(folder, asked(first)) == "wrong_code"
    assert redeem(folder, asked(second), DIGEST, NOW).client.name == "Home"


def test_the_code_is_as_good_in_the_last_try(folder: StateFolder) -> None:
    code = new_code(folder, NOW)
    for _ in range(4):
        assert refusal(folder, asked("0000-0000")) == "wrong_code"
    assert redeem(folder, asked(code), DIGEST, NOW).token


def test_a_code_from_another_certificates_fingerprint_proves_nothing(
    folder: StateFolder,
) -> None:
    code = new_code(folder, NOW)
    overheard = asked(code, fingerprint="cd" * 32)
    swapped = pairing.Request("Home", overheard.nonce, DIGEST, overheard.proof)
    assert refusal(folder, swapped) == "wrong_code"


@pytest.mark.parametrize(
    "rubbish", ["", "null", "[]", "{}", '{"code": "A", "since": "x", "tries": 5}']
)
def test_a_damaged_code_is_no_code(folder: StateFolder, rubbish: str) -> None:
    code = new_code(folder, NOW)
    (folder.path / "pairing.json").write_text(rubbish)
    assert refusal(folder, asked(code)) == "no_code"
    assert redeem(folder, asked(new_code(folder, NOW)), DIGEST, NOW).token


def test_codes_are_easy_to_read_aloud_and_hard_to_guess(folder: StateFolder) -> None:
    codes = {new_code(folder, NOW) for _ in range(20)}
    assert len(codes) == 20
    for code in codes:
        assert len(code) == 9
        assert not set(code) & set("ILOU")


def test_a_stranger_does_not_even_make_a_folder(folder: StateFolder) -> None:
    assert refusal(folder, asked("0000-0000")) == "no_code"
    assert not folder.path.exists()
    assert Clients(folder).all() == ()
