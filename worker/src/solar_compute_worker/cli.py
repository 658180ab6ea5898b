"""The command line: `solar-compute-worker serve`, `check` and `hold`.

Exit codes: 0 when all is well, 1 when the service could not go on, 2 when the command
line or the configuration is not usable.
"""

import argparse
import asyncio
import ipaddress
import logging
from pathlib import Path
import signal
import socket
import subprocess
import sys

from aiohttp import web

from . import __version__
from .api import create_app
from .config import ConfigError, load_config
from .kinds import hold_command
from .log_format import JsonFormatter
from .service import Service, prepare
from .spec import Config

_LOGGER = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(levelname)s %(message)s",
    )
    if options.log_format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonFormatter())
    try:
        config = load_config(options.config)
        if options.command == "check":
            print(_summary(config))
            sys.exit(0)
        if options.command == "hold":
            sys.exit(0 if hold_all(config) else 1)
        listener = listen(config)
        tree = prepare(config)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        server = config.server
        print(
            f"Cannot listen on {server.host} port {server.port}: {error.strerror}.",
            file=sys.stderr,
        )
        sys.exit(1)
    try:
        asyncio.run(serve(Service(config, tree), listener))
    except Exception:
        _LOGGER.exception("The service failed; all jobs have been ended")
        sys.exit(1)


def listen(config: Config) -> socket.socket:
    """Return a listening socket for a configuration.

    Raises OSError if it cannot be had, ConfigError if without a token it turns out to
    be reachable for others.
    """
    server = config.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.create_server((server.host, server.port), family=family)
    address = listener.getsockname()[0]
    if server.token is None and not ipaddress.ip_address(address).is_loopback:
        listener.close()
        raise ConfigError([f"[server]: host {server.host} is {address}: set a token."])
    return listener


async def serve(service: Service, listener: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT comes, then end all jobs.

    Raises whatever made it impossible to go on, after all jobs have ended.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(create_app(service), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    server = service.config.server
    _LOGGER.info("listening on %s port %d", server.host, server.port)
    watching = asyncio.create_task(service.watch())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([watching, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        _LOGGER.info("ending all jobs")
        # Still answering: whoever asks is told that the workers are going down.
        await service.close()
        await runner.cleanup()
        waiting.cancel()
        watching.cancel()
    if watching.done():
        watching.result()


def hold_all(config: Config) -> bool:
    """Pause every job that outlives the service; return whether all are paused."""
    commands = [command for spec in config.workers if (command := hold_command(spec))]
    done = [subprocess.run(command, check=False).returncode for command in commands]
    return not any(done)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="solar-compute-worker",
        description="Runs named compute jobs on a lease, for Solar Compute.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("serve", "run the service until SIGTERM or Ctrl-C"),
        ("check", "check a configuration and say what it configures"),
        ("hold", "pause all containers and units, after the service is gone"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--config", type=Path, required=True, metavar="FILE")
        command.add_argument("--verbose", action="store_true", help="log everything")
        command.add_argument(
            "--log-format",
            choices=("text", "json"),
            default="text",
            help="text for people, or one JSON object a line",
        )
    return parser


def _summary(config: Config) -> str:
    lines = [f"{config.path} is good: {config.server.host} port {config.server.port}"]
    for worker in config.workers:
        watts = ", ".join(f"{level:g} W" for level in worker.levels_w)
        lines.append(f"  {worker.name}: {watts}: {worker.what}")
    return "\n".join(lines)
