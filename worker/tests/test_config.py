"""The configuration: the documented one works, every mistake is told."""

from pathlib import Path
import signal

import pytest

from solar_compute_worker.config import ConfigError, load_config
from solar_compute_worker.spec import CheckpointSpec, LevelSpec

DOCUMENTED = """
[server]
host = "127.0.0.1"
port = 8377
# token = "…"                  needed for any other host, then sent as "Authorization: Bearer …"

[workers.cruncher]
command = ["python3", "primes.py"]
working_directory = "jobs"     # optional, relative to this file
levels = [{watts = 60, cpu_share = 0.5}, {watts = 120, cpu_share = 1.0}]
"""
SHORT = '[workers.cruncher]\ncommand = ["sh"]\nlevels = [{watts = 60}]\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "jobs").mkdir()
    return tmp_path / "worker.toml"


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value.problems


def test_the_documented_configuration_works_as_it_stands(path: Path) -> None:
    path.write_text(DOCUMENTED, encoding="utf-8")
    config = load_config(path)
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8377)
    assert config.server.token is None
    (cruncher,) = config.workers
    assert cruncher.name == "cruncher"
    assert cruncher.command == ("python3", "primes.py")
    assert cruncher.directory == path.parent / "jobs"
    assert cruncher.levels == (LevelSpec(60, 0.5), LevelSpec(120, 1.0))
    assert cruncher.levels_w == [60, 120]
    assert cruncher.slots == 1
    assert cruncher.cpus >= 1


def test_everything_but_a_worker_may_be_left_out(path: Path) -> None:
    path.write_text(SHORT)
    config = load_config(path)
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8377)
    assert config.workers[0].directory == path.parent
    assert config.workers[0].levels == (LevelSpec(60),)


def test_levels_may_be_numbers_of_copies(path: Path) -> None:
    path.write_text(SHORT.replace("60}", "60, slots = 1}, {watts = 90, slots = 4}"))
    assert load_config(path).workers[0].slots == 4


def test_a_program_may_lie_in_the_working_directory(path: Path) -> None:
    job = path.parent / "jobs" / "run"
    job.write_text("#!/bin/sh\n")
    text = SHORT.replace('"sh"', '"./run"') + 'working_directory = "jobs"\n'
    assert "not a program here" in problems(path, text)[0]
    job.chmod(0o755)
    path.write_text(text)
    assert load_config(path).workers[0].command == ("./run",)


def test_a_restart_knows_its_leftovers_by_the_same_mark_and_others_do_not(
    path: Path,
) -> None:
    path.write_text(SHORT)
    mark = load_config(path).mark
    assert mark == load_config(path).mark
    path.write_text("[server]\nport = 9999\n" + SHORT)
    assert mark != load_config(path).mark


@pytest.mark.parametrize(
    ("hook", "spec"),
    [
        (
            '{signal = "SIGUSR2", deadline_s = 5}',
            CheckpointSpec(signal.SIGUSR2, deadline_s=5),
        ),
        ('{command = ["sh", "save.sh"]}', CheckpointSpec(command=("sh", "save.sh"))),
        (
            '{url = "http://localhost:9000/save"}',
            CheckpointSpec(url="http://localhost:9000/save"),
        ),
    ],
)
def test_a_job_can_be_asked_to_save_in_three_ways(
    path: Path, hook: str, spec: CheckpointSpec
) -> None:
    path.write_text(SHORT + f"checkpoint = {hook}\n")
    (cruncher,) = load_config(path).workers
    assert cruncher.checkpoint == spec
    assert not cruncher.ends
    path.write_text(SHORT + 'on_pause = "end"\n')
    assert load_config(path).workers[0].ends


def levels(text: str) -> str:
    return SHORT.replace("[{watts = 60}]", text)


def hook(text: str) -> str:
    return SHORT + f"checkpoint = {{{text}}}\n"


def guards(text: str) -> str:
    return f"[guards]\n{text}\n{SHORT}"


TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("= 3", "is not valid TOML"),
        ("", "The file has no worker"),
        ("workers = 3", "workers must be a table"),
        ("[workers]\ncruncher = 3", "[workers.cruncher] must be a table"),
        ("colour = 1\n" + SHORT, "the file: the key 'colour' is not known"),
        ("server = 1\n" + SHORT, "server must be a table"),
        ("[server]\nprot = 1\n" + SHORT, "[server]: the key 'prot' is not known"),
        ("[server]\nport = 0\n" + SHORT, "port must be from 1 to 65535"),
        ("[server]\nport = 65536\n" + SHORT, "port must be from 1 to 65535"),
        ("[server]\nport = true\n" + SHORT, "port must be a whole number"),
        ("[server]\nport = 80.5\n" + SHORT, "port must be a whole number"),
        ('[server]\nhost = ""\n' + SHORT, "host must be a text that is not empty"),
        ("[server]\nhost = 1\n" + SHORT, "host must be a text that is not empty"),
        ('[server]\ntls = "yes"\n' + SHORT, "tls must be true or false"),
        (
            '[server]\nhost = "box.lan"\nrequire_token = false\n' + SHORT,
            "require_token may be false only on loopback without a token",
        ),
        (
            f'[server]\ntoken = "{TOKEN}"\nrequire_token = false\n' + SHORT,
            "require_token may be false only on loopback without a token",
        ),
        ("[discovery]\nannounce = 1\n" + SHORT, "announce must be true or false"),
        ("[discovery]\nname = 1\n" + SHORT, "the key 'name' is not known"),
        ('[server]\ntoken = "short"\n' + SHORT, "token needs at least 16"),
        (f'[server]\ntoken = "{TOKEN} "\n' + SHORT, "token may only have letters"),
        ("[server]\nstop_grace_s = -1\n" + SHORT, "stop_grace_s must be from 0 to"),
        ("[server]\nstop_grace_s = inf\n" + SHORT, "stop_grace_s must be a number"),
        ('[server]\npause_method = "x"\n' + SHORT, "pause_method must be one of"),
        (SHORT.replace("cruncher", '"a b"'), "the name may have up to 64"),
        (SHORT.replace("cruncher", '"../x"'), "the name may have up to 64"),
        (SHORT + "nice = 1\n", "[workers.cruncher]: the key 'nice' is not known"),
        (SHORT.replace('["sh"]', '"sh -c x"'), "command must be a list of texts"),
        (SHORT.replace('["sh"]', "[]"), "command must be a list of texts"),
        (SHORT.replace('["sh"]', '["sh", 1]'), "command must be a list of texts"),
        (SHORT.replace('["sh"]', '[""]'), "command must be a list of texts"),
        (SHORT.replace('"sh"', '"sh\\u0000"'), "command must be a list of texts"),
        (SHORT.replace('"sh"', '"no-such"'), "'no-such', which is not a program here"),
        (SHORT.replace("command", "#"), "command must be a list of texts"),
        (SHORT + 'working_directory = "nowhere"\n', "which is not a folder"),
        (SHORT + "cpus = 0\n", "cpus must be above 0 and up to 4096"),
        (SHORT + "max_run_s = 0\n", "max_run_s must be above 0 and up to"),
        (SHORT + "rest_s = 0\n", "rest_s must be above 0 and up to"),
        (guards("max_temperature_c = 300"), "max_temperature_c must be from 20 to 120"),
        (guards("sensors = []"), "[guards]: sensors must be a list of texts"),
        (guards("min_free_mib = 0"), "min_free_mib must be above 0 and up to"),
        (f"[power]\nsource = 'x'\n{SHORT}", "[power]: source must be one of auto,"),
        (f"[power]\nidle_w = -1\n{SHORT}", "[power]: idle_w must be from 0 to"),
        (SHORT + "queue = {}\n", "queue: folder is needed"),
        (
            SHORT
            + 'queue = {folder = "."}\n'
            + SHORT.replace("cruncher", "other")
            + 'queue = {folder = "./"}\n',
            "Two workers have the same queue folder",
        ),
        (SHORT + 'queue = {folder = "no"}\n', "which is not a writable folder"),
        (
            SHORT + 'queue = {folder = ".", source = ["no-such"]}\n',
            "'no-such', which is not a program here",
        ),
        (SHORT + 'queue = {folder = ".", retries = -1}\n', "retries must be from 0"),
        (SHORT + 'queue = {folder = ".", poll_s = 0}\n', "poll_s must be from 1"),
        (guards("max_temp = 90"), "[guards]: the key 'max_temp' is not known"),
        (SHORT + 'on_pause = "x"\n', "on_pause must be one of freeze, end"),
        (SHORT + "checkpoint = 3\n", "checkpoint must be a table"),
        (SHORT + "checkpoint = {}\n", "checkpoint: signal, command, url: exactly one"),
        (hook('signal = "SIGUSR1", url = "http://[::1]/"'), "exactly one of them"),
        (hook('signal = "SIGKILL"'), "signal must be one of SIGUSR1"),
        (hook('command = ["no-such"]'), "'no-such', which is not a program here"),
        (hook("command = []"), "command must be a list of texts"),
        (hook('url = "http://box.lan/"'), "url must be http:// and a loopback address"),
        (hook('url = "https://localhost/"'), "url must be http:// and a loopback"),
        (hook('url = "http://localhost:x/"'), "url must be http:// and a loopback"),
        (hook('signal = "SIGUSR1", deadline_s = 0'), "deadline_s must be above 0 and"),
        (hook('signal = "SIGUSR1", wait = 0'), "the key 'wait' is not known"),
        (SHORT.replace("levels", "#"), "levels must be a list of at least one table"),
        (levels("[]"), "levels must be a list of at least one table"),
        (levels("[60]"), "levels must be a list of at least one table"),
        (levels("[{}]"), "level 1: watts must be a number"),
        (levels("[{watts = true}]"), "level 1: watts must be a number"),
        (levels("[{watts = nan}]"), "level 1: watts must be a number"),
        (levels("[{watts = 0}]"), "level 1: watts must be above 0 and up to 100000"),
        (levels(f"[{{watts = 1{'0' * 400}}}]"), "watts must be above 0 and up to"),
        (levels("[{watts = 9, w = 1}]"), "level 1: the key 'w' is not known"),
        (levels("[{watts = 9, cpu_share = 0}]"), "cpu_share must be above 0 and up to"),
        (levels("[{watts = 9, cpu_share = 1.1}]"), "cpu_share must be above 0 and up"),
        (levels("[{watts = 9, slots = 0}]"), "slots must be from 1 to 1024"),
        (levels("[{watts = 9, slots = 1.5}]"), "slots must be a whole number"),
        (levels("[{watts = 9}, {watts = 9}]"), "level 2: watts must be more than"),
        (levels("[{watts = 9}, {watts = 8}]"), "level 2: watts must be more than"),
        (
            levels("[{watts = 9, slots = 1, cpu_share = 1}]"),
            "either cpu_share or slots",
        ),
        (
            levels(f"[{','.join(f'{{watts = {w}}}' for w in range(1, 34))}]"),
            "levels has more than 32 entries",
        ),
    ],
)
def test_every_mistake_is_told_in_a_sentence(
    path: Path, text: str, sentence: str
) -> None:
    found = problems(path, text)
    assert any(sentence in problem for problem in found), found
    assert all(problem.endswith(".") for problem in found)


def test_all_mistakes_are_told_at_once(path: Path) -> None:
    text = "[server]\nport = 0\ntoken = 1\n" + SHORT.replace("60", "-1") + "a = 1\n"
    assert len(problems(path, text)) == 4


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_a_loopback_host_needs_neither_a_token_nor_tls(path: Path, host: str) -> None:
    path.write_text(f'[server]\nhost = "{host}"\n' + SHORT)
    server = load_config(path).server
    assert (server.host, server.needs_token, server.tls) == (host, False, False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "box.lan"])
def test_a_host_that_others_can_reach_has_tls_and_lets_only_clients_in(
    path: Path, host: str
) -> None:
    path.write_text(f'[server]\nhost = "{host}"\n' + SHORT)
    server = load_config(path).server
    assert (server.needs_token, server.tls) == (True, True)


def test_behind_a_proxy_it_goes_without_tls_but_not_without_a_token(path: Path) -> None:
    path.write_text("[server]\ntls = false\nrequire_token = true\n" + SHORT)
    server = load_config(path).server
    assert (server.needs_token, server.tls) == (True, False)


def test_a_token_in_the_configuration_is_always_required(path: Path) -> None:
    path.write_text(f'[server]\ntoken = "{TOKEN}"\n' + SHORT)
    server = load_config(path).server
    assert (server.token, server.needs_token) == (TOKEN, True)


def test_the_state_folder_is_relative_to_the_configuration(path: Path) -> None:
    path.write_text(SHORT)
    assert load_config(path).server.state_folder == path.parent / "state"
    path.write_text('[server]\nstate_folder = "/var/lib/here"\n' + SHORT)
    assert load_config(path).server.state_folder == Path("/var/lib/here")


def test_announcing_without_the_library_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[discovery]\nannounce = true\n" + SHORT
    path.write_text(text)
    assert load_config(path).announce is True
    monkeypatch.setattr("solar_compute_worker.config.has_library", lambda: False)
    (problem,) = problems(path, text)
    assert "pip install 'solar-compute-worker[discovery]'" in problem
