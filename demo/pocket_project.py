"""A BOINC project on loopback: a master page and a scheduler that hands out work.

The client runs it on the "anonymous platform" (`app_info.xml`), so nothing is signed
and nothing is downloaded. Standard library only.
"""

from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
import time
from typing import Any, override

type Work = tuple[str, str]
"""An application and the name of a workunit."""

PROJECT_NAME = "Pocket & Project"

WORKUNIT = """
<workunit>
  <name>{name}</name><app_name>{app}</app_name><version_num>100</version_num>
  <rsc_fpops_est>1e13</rsc_fpops_est><rsc_fpops_bound>1e18</rsc_fpops_bound>
  <rsc_memory_bound>1e8</rsc_memory_bound><rsc_disk_bound>1e8</rsc_disk_bound>
</workunit>
"""
_WORK = """
<app><name>{app}</name></app>
{workunit}
<result>
  <name>{name}_0</name><wu_name>{name}</wu_name>
  <report_deadline>{deadline}</report_deadline>
</result>
"""
_REPLY = """
<scheduler_reply>
<scheduler_version>707</scheduler_version>
<master_url>{url}</master_url>
<request_delay>1</request_delay>
<project_name>{name}</project_name>
<user_name>tester</user_name>
<hostid>1</hostid>
{work}
</scheduler_reply>
"""


class PocketProject:
    """The project; `queue` has what it will hand out, `asked` how often it had to."""

    def __init__(self) -> None:
        """Begin to serve, on any port that is free."""
        self.queue: list[Work] = []
        self.asked = 0
        project = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = f"<html><!-- <scheduler>{project.url}cgi</scheduler> --></html>"
                self._send(page, "text/html")

            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                self._send(project.reply(request.decode(errors="replace")), "text/xml")

            def _send(self, text: str, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            @override
            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/pocket/"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def reply(self, request: str) -> str:
        """Answer a request of the client's scheduler."""
        work = ""
        if "<work_req_seconds>0.000000</work_req_seconds>" not in request:
            self.asked += 1
            deadline = int(time.time()) + 10 * 86_400
            work = "".join(
                _WORK.format(
                    app=app,
                    name=name,
                    workunit=WORKUNIT.format(app=app, name=name),
                    deadline=deadline,
                )
                for app, name in self.queue
            )
            self.queue.clear()
        return _REPLY.format(url=self.url, name=escape(PROJECT_NAME), work=work)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
