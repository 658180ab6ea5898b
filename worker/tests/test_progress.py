"""What a job tells about itself, and what is made of nonsense."""

import os
from pathlib import Path

import pytest

from solar_compute_worker.progress import Progress, read_progress


def test_a_job_tells_how_far_it_is_and_when_it_saved(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    file.write_text('{"progress": 0.25, "checkpoint_at": 1700000000}')
    assert read_progress(file) == Progress(0.25, 1700000000)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"progress": 2}',
        '{"progress": "half"}',
        '{"progress": true, "checkpoint_at": NaN}',
        f'{{"checkpoint_at": 1{"0" * 400}}}',
        "[" * 4000,
        '{"progress": 0.5, "more": "' + "x" * 5000 + '"}',
    ],
)
def test_nonsense_is_no_progress(tmp_path: Path, text: str) -> None:
    file = tmp_path / "status.json"
    file.write_text(text)
    assert read_progress(file) == Progress()


def test_a_file_that_is_none_is_no_progress_and_holds_nothing_up(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_progress(tmp_path / "pipe") == Progress()
    assert read_progress(tmp_path) == Progress()
    assert read_progress(tmp_path / "missing") == Progress()
