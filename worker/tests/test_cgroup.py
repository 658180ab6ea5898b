"""Finding a place for control groups, and limiting CPU time in them.

A folder plays the kernel where the real one cannot be had: it shows what is written.
"""

import os
from pathlib import Path

import pytest

from solar_compute_worker.cgroup import CgroupTree, find_tree
from solar_compute_worker.freezer import CgroupFreezer
from solar_compute_worker.guardian import kill_group, members

from .conftest import require_cgroups

MARK = "solar-compute-test"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Make a group such as systemd delegates to a service, with the cpu controller."""
    folder = tmp_path / "cgroup with space" / "system.slice" / "worker.service"
    service = folder / f"{MARK}-service"
    service.mkdir(parents=True)
    (service / "cgroup.freeze").write_text("0")
    (folder / "cgroup.subtree_control").write_text("")
    (tmp_path / "mounts").write_text(
        "tmpfs / tmpfs rw 0 0\n"
        f"cgroup2 {tmp_path}/cgroup\\040with\\040space cgroup2 rw 0 0\n"
    )
    (tmp_path / "own").write_text("1:cpu:/\n0::/system.slice/worker.service\n")
    return folder


def find(tmp_path: Path) -> CgroupTree | None:
    return find_tree(MARK, tmp_path / "mounts", tmp_path / "own")


def test_the_service_moves_aside_to_be_allowed_to_limit_its_jobs(
    tmp_path: Path, unit: Path
) -> None:
    assert find(tmp_path) == CgroupTree(unit, MARK, quota=True)
    assert (unit / "cgroup.subtree_control").read_text() == "+cpu"
    procs = unit / f"{MARK}-service" / "cgroup.procs"
    assert procs.read_text() == str(os.getpid())


def test_a_service_that_moved_aside_before_finds_the_same_place(
    tmp_path: Path, unit: Path
) -> None:
    (tmp_path / "own").write_text(f"0::/system.slice/worker.service/{MARK}-service\n")
    (unit / "cgroup.subtree_control").write_text("cpu memory")
    assert find(tmp_path) == CgroupTree(unit, MARK, quota=True)


@pytest.mark.parametrize("own", ["1:cpu:/\n", "0::/../other\n", "0::/elsewhere\n"])
def test_without_a_group_of_its_own_there_is_no_place(
    tmp_path: Path, unit: Path, own: str
) -> None:
    (tmp_path / "own").write_text(own)
    assert find(tmp_path) is None


def test_without_a_mount_there_is_no_place(tmp_path: Path, unit: Path) -> None:
    (tmp_path / "mounts").write_text("tmpfs / tmpfs rw 0 0\n")
    assert find(tmp_path) is None


def test_a_quota_is_a_share_of_the_time_of_so_many_cpus(tmp_path: Path) -> None:
    tree = CgroupTree(tmp_path, MARK, quota=True)
    assert tree.throttle(tmp_path, 0.75, cpus=2) == 1
    assert (tmp_path / "cpu.max").read_text() == "150000 100000"
    tree.throttle(tmp_path, 0.001, cpus=2)
    assert (tmp_path / "cpu.max").read_text() == "1000 100000"
    tree.throttle(tmp_path, 1, cpus=2)
    assert (tmp_path / "cpu.max").read_text() == "max 100000"


def test_where_there_is_no_quota_the_share_is_left_to_be_given_by_time(
    tmp_path: Path,
) -> None:
    assert CgroupTree(tmp_path, MARK, quota=False).throttle(tmp_path, 0.75, 2) == 0.75
    assert not (tmp_path / "cpu.max").exists()
    broken = CgroupTree(tmp_path, MARK, quota=True)
    assert broken.throttle(tmp_path / "gone", 0.75, 2) == 0.75


def test_members_of_another_namespace_are_not_ours_to_signal(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "cgroup.procs").write_text("0\n12\n")
    (tmp_path / "below" / "cgroup.procs").write_text("13\n")
    assert members(str(tmp_path)) == [12, 13]


class TestWithTheRealKernel:
    @pytest.fixture(autouse=True)
    def needed(self) -> None:
        require_cgroups()

    def test_a_new_group_can_be_frozen_and_removed(self) -> None:
        tree = find_tree(f"{MARK}-{os.getpid()}")
        assert tree
        group = tree.create("job")
        freezer = CgroupFreezer(group)
        assert not freezer.frozen()
        freezer.freeze()
        assert freezer.frozen()
        freezer.thaw()
        assert not freezer.frozen()
        (group / "nested").mkdir()
        assert kill_group(str(group))
        assert not group.exists()

    def test_only_leftovers_of_the_same_mark_are_cleared(self) -> None:
        tree = find_tree(f"{MARK}-{os.getpid()}")
        assert tree
        group = tree.create("job")
        other = tree.folder / f"other-{os.getpid()}"
        other.mkdir()
        try:
            tree.clear()
            assert not group.exists()
            assert other.exists()
        finally:
            other.rmdir()
