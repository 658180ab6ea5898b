"""The folder of a real BOINC client on loopback: one project, its work, a password.

The client finds its tasks there as if it had been stopped and is started again; asking
a project for the first ones takes it ten seconds. Used by the demo and by the tests of
the back-end. Starts nothing but the compiler.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import platform
import shutil
import subprocess
import time

from .pocket_project import PROJECT_NAME, WORKUNIT, PocketProject, Work
from .processes import ProcessError

HEADER = Path("/usr/include/boinc/boinc_api.h")
PASSWORD = "a-password"
VERSION = 100

_PROGRAMS = ("boinc", "boinccmd", "g++")
_LIBRARIES = ("-lboinc_api", "-lboinc", "-lpthread")
_DEADLINE_S = 10 * 86_400
_AUTO, _NEVER = 2, 3

PREFERENCES = """\
   <disk_interval>2</disk_interval>
   <suspend_cpu_usage>0</suspend_cpu_usage>
   <leave_apps_in_memory>1</leave_apps_in_memory>
"""
"""Tasks stay in memory while they are paused, and save their work often."""

_ACCOUNT = """
<account><master_url>{url}</master_url><authenticator>x</authenticator></account>
"""
_APPLICATION = """
<app><name>{name}</name></app>
<app_version>
  <app_name>{name}</app_name><version_num>{version}</version_num>
  <avg_ncpus>{cpus}</avg_ncpus><flops>1e9</flops>
  {coprocessor}
  <file_ref><file_name>{program}</file_name><main_program/></file_ref>
</app_version>
"""
_APPLICATIONS = """
<app_info>
<file_info><name>{program}</name><executable/></file_info>
{applications}
</app_info>
"""
_CONFIGURATION = """
<cc_config><options>
<dont_contact_ref_site>1</dont_contact_ref_site>
<no_info_fetch>1</no_info_fetch>
<ncpus>1</ncpus>
{options}
</options></cc_config>
"""
_STATE = """\
<client_state>
<project>
  <master_url>{url}</master_url>
  <project_name>{name}</project_name>
  <hostid>1</hostid>
  <anonymous_platform/>
  <scheduler_url>{url}cgi</scheduler_url>
</project>
{tasks}
<user_run_request>{mode}</user_run_request>
</client_state>
"""
_DOWNLOADED = 2
_RESULT = """
<result>
  <name>{name}_0</name><wu_name>{name}</wu_name>
  <state>{state}</state><platform>{platform}</platform>
  <version_num>{version}</version_num>
  <report_deadline>{deadline}</report_deadline>
</result>
"""


@dataclass(frozen=True, slots=True)
class Application:
    """What a project computes with; on one coprocessor of a kind, if it names one."""

    name: str
    coprocessor: str | None = None


def missing() -> list[str]:
    """Return what a BOINC client with an application takes and this machine lacks."""
    lacking = [program for program in _PROGRAMS if shutil.which(program) is None]
    return lacking if HEADER.exists() else [*lacking, "the headers of BOINC"]


def compile_application(source: Path, program: Path) -> None:
    """Compile an application. Raises ProcessError."""
    command = ["g++", "-O1", str(source), "-o", str(program), *_LIBRARIES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProcessError(f"{source.name} does not compile:\n{done.stderr}")


def command(folder: Path, port: int) -> list[str]:
    """Return the command that starts the client, its remote control on a port."""
    places = ["--dir", str(folder), "--gui_rpc_port", str(port)]
    return ["boinc", *places, "--skip_cpu_benchmarks"]


def prepare(
    folder: Path,
    project: PocketProject,
    program: Path,
    applications: Sequence[Application],
    *,
    tasks: Sequence[Work] = (),
    paused: bool = False,
    options: str = "",
    preferences: str = PREFERENCES,
) -> None:
    """Write the folder of a client that is attached to a project.

    It has `tasks` to compute; without any it has never heard of the project yet, and
    asks. `paused`: it computes nothing until it is told to. `options` are more of its
    configuration, `preferences` those of its owner.
    """
    name = f"127.0.0.1_{project.port}_pocket"
    files = folder / "projects" / name
    files.mkdir(parents=True)
    shutil.copy(program, files)
    for path, text in {
        files / "app_info.xml": _applications(program.name, applications),
        folder / f"account_{name}.xml": _ACCOUNT.format(url=project.url),
        folder / "cc_config.xml": _CONFIGURATION.format(options=options),
        folder / "gui_rpc_auth.cfg": PASSWORD,
        folder / "global_prefs_override.xml": (
            f"<global_preferences>\n{preferences}</global_preferences>\n"
        ),
    }.items():
        path.write_text(text)
    if tasks:
        state = _STATE.format(
            url=project.url,
            name=PROJECT_NAME,
            tasks="".join(map(_task, tasks)),
            mode=_NEVER if paused else _AUTO,
        )
        (folder / "client_state.xml").write_text(state)


def _applications(program: str, applications: Sequence[Application]) -> str:
    listed = "".join(
        _APPLICATION.format(
            name=application.name,
            version=VERSION,
            program=program,
            cpus=1 if application.coprocessor is None else 0.1,
            coprocessor=""
            if application.coprocessor is None
            else f"<coproc><type>{application.coprocessor}</type><count>1</count></coproc>",
        )
        for application in applications
    )
    return _APPLICATIONS.format(program=program, applications=listed)


def _task(work: Work) -> str:
    application, name = work
    result = _RESULT.format(
        name=name,
        state=_DOWNLOADED,
        platform=_platform(),
        version=VERSION,
        deadline=int(time.time()) + _DEADLINE_S,
    )
    return WORKUNIT.format(app=application, name=name) + result


def _platform() -> str:
    """Return BOINC's name for this kind of machine."""
    machine = platform.machine()
    vendor = "pc" if machine == "x86_64" else "unknown"
    return f"{machine}-{vendor}-linux-gnu"
