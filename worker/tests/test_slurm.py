"""A Slurm partition: how jobs share its cores, and when they are known to be still.

The programs are made up, so that they can lie; the real cluster is in tests/workers.
"""

import os
from pathlib import Path
import subprocess
import sys

from hypothesis import given, strategies as st
import pytest

from solar_compute_worker import slurm
from solar_compute_worker.config import ConfigError, load_config
from solar_compute_worker.kinds import hold_command
from solar_compute_worker.slurm import Job, Partition, SlurmError, plan

from .fake_slurm import FakeSlurm

STATES = ["RUNNING", "SUSPENDED", "PENDING", "COMPLETING", "COMPLETED", "STOPPED"]
JOBS = st.lists(
    st.builds(Job, st.integers(1, 99), st.sampled_from(STATES), st.integers(1, 8)),
    unique_by=lambda job: job.id,
)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSlurm:
    fake = FakeSlurm(tmp_path)
    monkeypatch.setenv("PATH", fake.path)
    monkeypatch.setattr(slurm, "SETTLE_S", 0.0)
    return fake


@given(jobs=JOBS, cores=st.integers(0, 40))
def test_jobs_that_may_run_never_have_more_than_their_cores(
    jobs: list[Job], cores: int
) -> None:
    aim = plan(jobs, cores)

    changed = {job.id: job for job in jobs}
    assert all(changed[one].state in ("RUNNING", "STOPPED") for one in aim.suspend)
    assert all(changed[one].suspended for one in aim.resume)
    run = [
        job.cores
        for job in jobs
        if (job.computes and job.id not in aim.suspend) or job.id in aim.resume
    ]
    ending = sum(job.cores for job in jobs if job.state == "COMPLETING")
    assert sum(run) <= max(cores, ending)
    left = [job for job in jobs if job.suspended and job.id not in aim.resume]
    if aim.opens:
        assert sum(run) < cores
        assert not left
        assert not aim.suspend


def test_the_oldest_jobs_run_first() -> None:
    jobs = [Job(9, "RUNNING", 2), Job(3, "SUSPENDED", 2), Job(5, "RUNNING", 1)]
    aim = plan(jobs, 3)
    assert (aim.suspend, aim.resume) == ((9,), (3,))


def test_an_empty_partition_is_closed_and_still(fake: FakeSlurm) -> None:
    sight = Partition("solar").allow(0)
    assert sight.still
    assert not sight.has_work
    assert fake.told() == ["update PartitionName=solar State=DOWN"]


def test_a_partition_is_opened_while_there_is_room(fake: FakeSlurm) -> None:
    fake.answer("scontrol", "PartitionName=solar State=DOWN")
    fake.jobs("7|RUNNING|2|box|None", "8|PENDING|2||PartitionDown")
    partition = Partition("solar")
    assert partition.allow(4).busy_cores == 2
    assert fake.told() == ["update PartitionName=solar State=UP"]
    fake.answer("scontrol", "PartitionName=solar State=INACTIVE")
    partition.allow(4)
    assert fake.told() == []


@pytest.mark.parametrize(
    ("row", "works"),
    [
        ("7|PENDING|1||Resources", True),
        ("7|PENDING|1||JobHeldUser", False),
        ("7|PENDING|1||Dependency", False),
        ("7|COMPLETED|1|box|None", False),
        ("7|SUSPENDED|1|box|None", True),
    ],
)
def test_a_job_is_work_if_it_would_run(fake: FakeSlurm, row: str, works: bool) -> None:
    fake.jobs(row)
    assert Partition("solar").allow(0).has_work is works


def test_a_job_is_still_once_its_node_has_heard(
    fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    partition = Partition("solar")
    fake.jobs("7|RUNNING|1|box|None")
    assert not partition.allow(0).still
    assert "suspend 7" in fake.told()
    fake.jobs("7|SUSPENDED|1|box|None")
    fake.messages(1)
    assert not partition.allow(0).still
    fake.messages(0)
    monkeypatch.setattr(slurm, "SETTLE_S", 60.0)
    assert not partition.allow(0).still
    monkeypatch.setattr(slurm, "SETTLE_S", 0.0)
    assert partition.allow(0).still
    # What stands still stays so, whatever else the cluster is busy with.
    fake.messages(3)
    assert partition.allow(0).still


def test_a_node_that_was_silent_is_told_again(fake: FakeSlurm) -> None:
    partition = Partition("solar")
    fake.jobs("7|RUNNING|1|box|None")
    partition.allow(0)
    fake.jobs("7|SUSPENDED|1|box|None")
    fake.answer("sinfo", "idle*")
    assert not partition.allow(0).still
    fake.told()

    fake.answer("sinfo", "idle")
    assert not partition.allow(0).still

    assert "resume 7" in fake.told()


def test_what_somebody_else_suspended_is_not_believed(fake: FakeSlurm) -> None:
    fake.jobs("7|SUSPENDED|1|box|None")
    partition = Partition("solar")
    assert not partition.allow(0).still
    assert "resume 7" in fake.told()
    fake.jobs("7|RUNNING|1|box|None")
    fake.messages(1)
    # The two must not overtake each other.
    partition.allow(0)
    assert "suspend 7" not in fake.told()
    fake.messages(0)
    partition.allow(0)
    assert "suspend 7" in fake.told()


def test_a_warden_at_work_is_left_alone_and_what_it_did_is_not_taken_for_granted(
    fake: FakeSlurm,
) -> None:
    service, warden = Partition("solar"), Partition("solar")
    fake.jobs("7|RUNNING|1|box|None")
    service.allow(0)
    fake.jobs("7|SUSPENDED|1|box|None")
    assert service.allow(0).still

    with warden.alone(), pytest.raises(SlurmError, match="another"), service.alone():
        pass

    with service.alone():
        assert not service.allow(0).still


SQUATTER = """
import socket, sys
mark = socket.socket(socket.AF_UNIX)
mark.bind("\\0" + sys.argv[1])
if sys.argv[2] == "listens":
    mark.listen()
print("bound", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("way", ["listens", "is deaf"])
def test_nobody_else_keeps_jobs_running_by_taking_the_name_that_tells_of_a_warden(
    fake: FakeSlurm, way: str
) -> None:
    partition = Partition("solar")
    name = f"solar-compute-{partition._mark}"
    squatter = subprocess.Popen(
        [sys.executable, "-I", "-c", SQUATTER, name, way],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        user=65534,
    )
    assert squatter.stdout is not None
    assert squatter.stdout.readline() == b"bound\n"
    try:
        with partition.alone():
            fake.jobs("7|RUNNING|1|box|None")
            partition.allow(0)
    finally:
        squatter.kill()
        squatter.communicate()

    assert "suspend 7" in fake.told()


def test_what_slurm_refuses_is_told(fake: FakeSlurm) -> None:
    fake.jobs("7|RUNNING|1|box|None")
    fake.refuse("slurm_suspend error: Access/permission denied")
    sight = Partition("solar").allow(0)
    assert not sight.still
    assert sight.complaint == "slurm_suspend error: Access/permission denied"


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        ("squeue", "fails"),
        ("squeue", "7|RUNNING|many|box|None"),
        ("squeue", "welcome"),
        ("scontrol", "Partition solar not found"),
        ("scontrol", "State=FUTURE"),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(
    fake: FakeSlurm, program: str, answer: str
) -> None:
    fake.answer(program, answer)
    with pytest.raises(SlurmError):
        Partition("solar").allow(0)


def test_programs_that_are_missing_or_hang_are_an_error(
    fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fake.programs / "squeue").write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(slurm, "ANSWER_S", 0.5)
    with pytest.raises(SlurmError, match="does not answer"):
        Partition("solar").allow(0)
    monkeypatch.setenv("PATH", str(fake.folder))
    with pytest.raises(SlurmError, match="scontrol"):
        Partition("solar").allow(0)


def test_the_wardens_program_ends_well_only_once_all_is_still(
    fake: FakeSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert slurm.main("solar") == ""
    monkeypatch.setattr(slurm, "HOLD_S", 1.0)
    fake.jobs("7|RUNNING|1|box|None")
    assert slurm.main("solar") == "partition solar: it still computes"
    fake.answer("squeue", "fails")
    assert "Unable to contact" in slurm.main("solar")


def test_a_late_warden_lets_nothing_go_on(fake: FakeSlurm) -> None:
    fake.jobs("7|SUSPENDED|1|box|None")
    assert slurm.main("solar") == ""
    assert not any("resume" in line for line in fake.told())


def configured(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "worker.toml"
    path.write_text(f"[workers.cluster]\n{text}\n")
    return path


def test_levels_of_a_partition_are_cores(fake: FakeSlurm) -> None:
    (fake.folder / "slurm.conf").touch()
    path = configured(
        fake.folder,
        'slurm = {partition = "solar", config = "slurm.conf"}\n'
        "levels = [{watts = 60, cores = 4}, {watts = 120, cores = 16}]",
    )
    (worker,) = load_config(path).workers
    assert worker.cpus == 16
    assert [level.cpu_share for level in worker.levels] == [0.25, 1]
    assert worker.what == "partition solar of Slurm"
    assert hold_command(worker)[-2:] == ("solar", str(fake.folder / "slurm.conf"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('slurm = {partition = "a b"}\nlevels = [{watts = 60, cores = 4}]', "name of"),
        (
            'slurm = {partition = "a", config = "no"}\nlevels = [{watts = 6, cores = 4}]',
            "not a file",
        ),
        ('slurm = {partition = "a"}\nlevels = [{watts = 60}]', "must each have cores"),
        (
            (
                'slurm = {partition = "a"}\nlevels = [{watts = 6, cores = 4},'
                " {watts = 7, cores = 4}]"
            ),
            "must each have cores",
        ),
        (
            'slurm = {partition = "a"}\nlevels = [{watts = 6, cores = 4, cpu_share = 0.5}]',
            "either cpu_share or cores",
        ),
        (
            (
                'slurm = {partition = "a"}\non_pause = "end"\n'
                "levels = [{watts = 6, cores = 4}]"
            ),
            "goes without",
        ),
        (
            (
                'slurm = {partition = "a"}\ncommand = ["sh"]\n'
                "levels = [{watts = 6, cores = 4}]"
            ),
            "exactly one",
        ),
        ('command = ["sh"]\nlevels = [{watts = 60, cores = 4}]', "for slurm only"),
    ],
)
def test_mistakes_about_a_partition_are_told(
    fake: FakeSlurm, text: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(configured(fake.folder, text))
    assert any(words in problem for problem in caught.value.problems)


def test_a_partition_needs_slurms_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = configured(
        tmp_path, 'slurm = {partition = "a"}\nlevels = [{watts = 60, cores = 4}]'
    )
    with pytest.raises(ConfigError, match="scontrol"):
        load_config(path)
