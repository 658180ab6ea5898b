"""The metrics as Prometheus reads them, and the log as collectors do."""

import json
from pathlib import Path
import re
import signal
import subprocess

from solar_compute_worker.config import load_config

from .conftest import OpenHouse
from .support import SLEEP, end_service, spawn_service, write_config
from .test_api import TOKEN

SAMPLE = re.compile(r"[a-z_]+(\{[a-z]+=\"[^\"]+\"(,[a-z]+=\"[^\"]+\")*\})? -?[0-9.e+]+")


async def metrics(home: object) -> dict[str, float]:
    async with home.client.get("/metrics") as response:  # type: ignore[attr-defined]
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = (await response.text()).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {re.split(r"[{ ]", line)[0] for line in samples} == typed
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in samples}


async def test_prometheus_learns_what_workers_do(
    house: OpenHouse, tmp_path: Path
) -> None:
    home = await house(command=SLEEP)
    prefix = "solar_compute_worker"
    paused = await metrics(home)
    assert paused[f'{prefix}_state{{worker="cruncher",state="paused"}}'] == 1
    assert paused[f'{prefix}_cause{{worker="cruncher",cause="never_started"}}'] == 1
    # What is not known is not there.
    assert f'{prefix}_progress_ratio{{worker="cruncher"}}' not in paused
    assert f"{prefix}_machine_watts" not in paused

    await home.set_level(1)
    running = await metrics(home)
    assert running[f'{prefix}_state{{worker="cruncher",state="paused"}}'] == 0
    assert running[f'{prefix}_level{{worker="cruncher"}}'] == 1
    assert running[f'{prefix}_power_watts{{worker="cruncher"}}'] == 100
    assert 50 < running[f'{prefix}_lease_remaining_seconds{{worker="cruncher"}}'] <= 60


async def test_a_queue_tells_how_many_jobs_it_has(
    house: OpenHouse, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "job").write_text("x")
    home = await house(command=SLEEP, worker='queue = {folder = "inbox"}')
    found = await metrics(home)
    name = 'solar_compute_worker_jobs{worker="cruncher",where="waiting"}'
    assert found[name] == 1


async def test_metrics_need_the_token_like_everything_else(house: OpenHouse) -> None:
    home = await house(command=SLEEP, server=f'token = "{TOKEN}"')
    async with home.client.get("/metrics") as response:
        assert response.status == 401
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with home.client.get("/metrics", headers=headers) as response:
        assert response.status == 200


def test_the_log_can_be_one_json_object_a_line(tmp_path: Path) -> None:
    path = write_config(tmp_path, command=SLEEP)
    process = spawn_service(
        path, "serve", "--log-format", "json", stderr=subprocess.PIPE
    )
    try:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(json.loads(line))
            if "listening on" in lines[-1]["message"]:
                break
        process.send_signal(signal.SIGTERM)
        lines += map(json.loads, process.stderr)
    finally:
        end_service(process)
    assert all(line.keys() == {"time", "level", "logger", "message"} for line in lines)
    assert lines[0]["time"].endswith("+00:00")
    assert f"port {load_config(path).server.port}" in " ".join(
        line["message"] for line in lines
    )
