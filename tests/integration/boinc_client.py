"""A BOINC client in memory, and liars in its place. The real one is in tests/workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import md5
import re
import time

PASSWORD = "a-password"
NONCE = "1795417279.521082"
NEVER = "<never/>"


class BoincInMemory:
    """A client with one task, which obeys unless it is told to lie.

    `lies` replaces the reply to a request, by its tag: text, raw bytes, or None for
    hanging up instead. `silent` never answers.
    """

    def __init__(self) -> None:
        self.port = 0
        self.password = PASSWORD
        self.permanent = 2
        self.override: str | None = None
        self.lies: dict[str, str | bytes | None] = {}
        self.silent = False
        self.open = 0
        self.asked: list[str] = []
        self._temporary = (2, 0.0)

    @property
    def mode(self) -> int:
        """The mode now: 1 always, 2 as preferred, 3 never."""
        mode, until_s = self._temporary
        return mode if time.monotonic() < until_s else self.permanent

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection until it is hung up."""
        self.open += 1
        try:
            while True:
                request = (await reader.readuntil(b"\x03")).decode()
                if self.silent:
                    await reader.read()
                    return
                tag = re.findall(r"<(\w+)", request)[1]
                self.asked.append(tag)
                answer = self.lies.get(tag, "")
                if answer is None:
                    return
                answer = answer or self._answer(tag, request)
                writer.write(answer if isinstance(answer, bytes) else framed(answer))
                await writer.drain()
        except asyncio.IncompleteReadError, ConnectionError:
            return
        finally:
            self.open -= 1
            writer.close()

    def _answer(self, tag: str, request: str) -> str:
        match tag:
            case "auth1":
                return f"<nonce>{NONCE}</nonce>"
            case "auth2":
                proof = md5((NONCE + self.password).encode()).hexdigest()
                return "<authorized/>" if proof in request else "<unauthorized/>"
            case "get_cc_status":
                return self._status()
            case "get_results":
                return task(executing=self.mode != 3)
            case "get_project_status":
                return (
                    "<projects><project><master_url>http://p/</master_url>"
                    "<project_name>Pulsars</project_name></project></projects>"
                )
            case "get_global_prefs_working":
                limit = re.search(r"<cpu_usage_limit>(\d+)", self.override or "")
                percent = limit[1] if limit else "100"
                return f"<cpu_usage_limit>{percent}</cpu_usage_limit>"
            case "get_global_prefs_override":
                return self.override or "<error>no prefs override file</error>"
            case "set_global_prefs_override":
                self.override = re.findall(r"(<global_.*)</set_", request, re.DOTALL)[0]
            case "get_host_info":
                return (
                    "<host_info><domain_name>crunchbox</domain_name>"
                    "<n_usable_coprocs>0</n_usable_coprocs></host_info>"
                )
            case "set_run_mode":
                self._set_mode(request)
        return "<success/>"

    def _set_mode(self, request: str) -> None:
        (duration,) = re.findall(r"<duration>([\d.]+)</duration>", request)
        mode = 3 if NEVER in request else 1
        self._temporary = (mode, time.monotonic() + float(duration))
        if not float(duration):
            self.permanent = mode

    def _status(self) -> str:
        left_s = max(0.0, self._temporary[1] - time.monotonic())
        return cc_status(
            task_mode=self.mode,
            task_mode_perm=self.permanent,
            task_mode_delay=left_s,
            task_suspend_reason=4 if self.mode == 3 else 0,
        )


def cc_status(**changes: object) -> str:
    """Return the reply about the client's modes."""
    fields = {
        "task_mode": 3,
        "task_mode_perm": 3,
        "task_mode_delay": 0,
        "task_suspend_reason": 4,
        "gpu_mode": 2,
        "gpu_mode_perm": 2,
        "gpu_mode_delay": 0,
        "gpu_suspend_reason": 0,
        "network_mode": 2,
        **changes,
    }
    inside = "".join(f"<{key}>{value}</{key}>\n" for key, value in fields.items())
    return f"<cc_status>\n{inside}</cc_status>"


def task(*, executing: bool, state: object = 2, saved_s: float = 70) -> str:
    """Return the reply about a list of one task."""
    return (
        f"<results><result><name>pulsar_7_0</name><state>{state}</state>"
        "<project_url>http://p/</project_url><active_task>"
        f"<active_task_state>{1 if executing else 9}</active_task_state>"
        "<scheduler_state>2</scheduler_state><fraction_done>0.25</fraction_done>"
        "<current_cpu_time>100</current_cpu_time>"
        f"<checkpoint_cpu_time>{saved_s}</checkpoint_cpu_time>"
        "</active_task></result></results>"
    )


def framed(inside: str) -> bytes:
    """Return a reply as it is sent."""
    reply = f"<boinc_gui_rpc_reply>\n{inside}\n</boinc_gui_rpc_reply>\n"
    return reply.encode() + b"\x03"


@asynccontextmanager
async def boinc_client() -> AsyncIterator[BoincInMemory]:
    """Serve a client on a port of its own."""
    client = BoincInMemory()
    server = await asyncio.start_server(client.serve, "127.0.0.1", 0)
    client.port = server.sockets[0].getsockname()[1]
    try:
        yield client
    finally:
        server.close()
