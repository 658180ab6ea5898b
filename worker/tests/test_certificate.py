"""The certificate that the service makes for itself, and what it is known by."""

from pathlib import Path
import subprocess

import pytest

from solar_compute_worker.certificate import ensure_certificate, fingerprint, shown
from solar_compute_worker.config import load_config
from solar_compute_worker.state_folder import StateError, StateFolder

from .conftest import Spawn
from .keys import PAIRED, Visitor, needs_openssl, tell
from .support import SLEEP, end_service, one_worker, spawn_service, write_config

pytestmark = needs_openssl


def test_the_fingerprint_that_the_command_line_shows_is_that_of_the_service(
    program: Spawn,
) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    assert f"SHA-256 fingerprint {shown(visitor.seen())}" in tell(config, "show")


def test_openssl_and_the_service_agree_on_the_fingerprint(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    ensure_certificate(folder)
    told = subprocess.run(
        [
            *("openssl", "x509", "-noout", "-fingerprint", "-sha256"),
            *("-in", str(folder.path / "certificate.pem")),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    digest = fingerprint(folder)
    assert digest is not None
    assert told.strip().partition("=")[2] == shown(digest)


def test_a_restart_keeps_certificate_and_id(program: Spawn) -> None:
    process, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    before = visitor.seen(), tell(config, "show")
    end_service(process)
    again = spawn_service(config.path)
    try:
        visitor.arrive()
        assert (visitor.seen(), tell(config, "show")) == before
    finally:
        end_service(again)


def test_nobody_else_can_read_what_is_kept(program: Spawn) -> None:
    _, config = program(command=SLEEP, server=PAIRED)
    Visitor(config).arrive()
    tell(config, "pair")
    tell(config, "add", "prometheus")
    folder = config.server.state_folder
    assert folder.stat().st_mode & 0o777 == 0o700
    kept = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert set(kept) == {
        "certificate.pem",
        "clients.json",
        "id",
        "lock",
        "pairing.json",
    }
    assert set(kept.values()) == {0o600}


def test_a_renewed_certificate_has_a_new_key_and_is_used_after_a_restart(
    program: Spawn,
) -> None:
    process, config = program(command=SLEEP, server=PAIRED)
    visitor = Visitor(config)
    visitor.arrive()
    old = visitor.seen()
    path = config.server.state_folder / "certificate.pem"
    key = path.read_text().split("-----BEGIN CERTIFICATE")[0]
    told = tell(config, "renew-certificate")
    assert "Restart the service" in told
    assert visitor.seen() == old
    assert path.read_text().split("-----BEGIN CERTIFICATE")[0] != key
    end_service(process)
    again = spawn_service(config.path)
    try:
        visitor.arrive()
        assert visitor.seen() != old
        assert shown(visitor.seen()) in told
    finally:
        end_service(again)


@pytest.mark.parametrize("rubbish", ["", "rubbish", "\udcff", "-----BEGIN CERTIFICATE"])
def test_a_damaged_certificate_stops_the_service_rather_than_being_replaced(
    tmp_path: Path, rubbish: str
) -> None:
    path = write_config(tmp_path, command=SLEEP, server=PAIRED)
    state = tmp_path / "state"
    state.mkdir()
    (state / "certificate.pem").write_bytes(rubbish.encode(errors="surrogateescape"))
    errors = tell(load_config(path), "serve", status=1)
    assert "certificate.pem is damaged: mend it, or delete it" in errors


def test_a_certificate_whose_key_is_another_one_stops_the_service(
    tmp_path: Path,
) -> None:
    config = one_worker(tmp_path, command=SLEEP, server=PAIRED)
    for name in ("state", "other"):
        ensure_certificate(StateFolder(tmp_path / name))
    ours, theirs = (tmp_path / name / "certificate.pem" for name in ("state", "other"))
    mark = "-----BEGIN CERTIFICATE"
    mixed = ours.read_text().partition(mark)[0] + "".join(
        theirs.read_text().partition(mark)[1:]
    )
    ours.write_text(mixed)
    assert "certificate.pem cannot be used" in tell(config, "serve", status=1)


def test_a_certificate_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    ensure_certificate(StateFolder(tmp_path / "mine"))
    mine = (tmp_path / "mine" / "certificate.pem").read_text()
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "certificate.pem").write_text(mine)
    path = write_config(tmp_path, command=SLEEP, server=PAIRED)
    process = spawn_service(path)
    try:
        visitor = Visitor(load_config(path))
        visitor.arrive()
        assert visitor.seen() == fingerprint(StateFolder(tmp_path / "mine"))
    finally:
        end_service(process)


def test_without_openssl_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StateError, match="takes the program openssl: install it"):
        ensure_certificate(StateFolder(tmp_path / "state"))
    assert not (tmp_path / "state" / "certificate.pem").exists()


def test_an_openssl_that_fails_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "openssl"
    broken.write_text("#!/bin/sh\necho no entropy today >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(StateError, match="no entropy today"):
        ensure_certificate(StateFolder(tmp_path / "state"))
    assert not (tmp_path / "state" / "certificate.pem").exists()


def test_an_odd_host_name_is_left_out_of_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "box,IP:10.0.0.1")
    folder = StateFolder(tmp_path / "state")
    ensure_certificate(folder)
    told = subprocess.run(
        [
            *("openssl", "x509", "-noout", "-ext", "subjectAltName"),
            *("-in", str(folder.path / "certificate.pem")),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "DNS:localhost" in told
    assert "10.0.0.1" not in told


def test_a_state_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    config = one_worker(tmp_path, command=SLEEP, server=PAIRED)
    errors = tell(config, "serve", status=1)
    assert "Put state_folder in [server] where the service may write." in errors


def test_a_service_on_loopback_keeps_nothing(program: Spawn) -> None:
    _, config = program(command=SLEEP)
    visitor = Visitor(config)
    visitor.arrive()
    assert visitor.call("GET", "health")[1]["id"] is None
    assert not config.server.state_folder.exists()
