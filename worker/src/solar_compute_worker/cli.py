"""The command line: `serve`, `check`, `hold`, and what `administer` does.

Exit codes: 0 when all is well, 1 when the service could not go on, 2 when the command
line or the configuration is not usable.
"""

import argparse
import asyncio
from collections.abc import Callable
import ipaddress
import logging
from pathlib import Path
import signal
import socket
import subprocess
import sys

from aiohttp import web

from . import __version__, administer
from .announce import announce
from .api import create_app
from .certificate import shown
from .config import ConfigError, load_config
from .identity import NO_IDENTITY, Identity, establish
from .kinds import hold_command
from .listener import listening
from .log_format import JsonFormatter
from .service import Service, prepare
from .spec import Config
from .state_folder import StateError

GOODBYE_S = 2.0
"""How long the end of the announcement may take to go out."""

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
        if options.command == "hold":
            sys.exit(0 if hold_all(config) else 1)
        if options.command != "serve":
            print(_COMMANDS[options.command](config, options))
            sys.exit(0)
        # Before it listens: who can connect finds a certificate.
        identity = establish(config)
        listener = listen(config)
        tree = prepare(config)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        sys.exit(2)
    except StateError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        server = config.server
        print(
            f"Cannot listen on {server.host} port {server.port}: {error.strerror}.",
            file=sys.stderr,
        )
        sys.exit(1)
    try:
        asyncio.run(serve(Service(config, tree), listener, identity))
    except Exception:
        _LOGGER.exception("The service failed; all jobs have been ended")
        sys.exit(1)


def listen(config: Config) -> socket.socket:
    """Return a listening socket for a configuration.

    Raises OSError if it cannot be had, ConfigError if without a token it turns out to
    be reachable for others.
    """
    server = config.server
    listener = listening(server.host, server.port)
    address = listener.getsockname()[0]
    if not server.needs_token and not ipaddress.ip_address(address).is_loopback:
        listener.close()
        raise ConfigError([f"[server]: host {server.host} is {address}: set a token."])
    return listener


async def serve(
    service: Service, listener: socket.socket, identity: Identity = NO_IDENTITY
) -> None:
    """Answer requests until SIGTERM or SIGINT comes, then end all jobs.

    Raises whatever made it impossible to go on, after all jobs have ended.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    app = create_app(service, identity.fingerprint)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, listener, ssl_context=identity.tls).start()
    server = service.config.server
    _LOGGER.info("listening on %s port %d", server.host, server.port)
    if identity.fingerprint:
        _LOGGER.info("SHA-256 fingerprint %s", shown(identity.fingerprint))
    announcing = asyncio.create_task(
        announce(service.config, identity.id, identity.fingerprint)
    )
    watching = asyncio.create_task(service.watch())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([watching, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        _LOGGER.info("ending all jobs")
        announcing.cancel()
        # Still answering: whoever asks is told that the workers are going down.
        await service.close()
        await asyncio.wait([announcing], timeout=GOODBYE_S)
        await runner.cleanup()
        waiting.cancel()
        watching.cancel()
    if watching.done():
        watching.result()


def hold_all(config: Config) -> bool:
    """Pause every job that outlives the service; return whether all are paused."""
    commands = [command for spec in config.workers if (command := hold_command(spec))]
    # All at once: one daemon that does not answer must not keep others waiting.
    programs = [subprocess.Popen(command) for command in commands]
    codes = [program.wait() for program in programs]
    return not any(codes)


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
        ("hold", "pause all that outlives the service, after it is gone"),
        ("show", "show the service's address and the fingerprint of its certificate"),
        ("pair", "show a code that lets Home Assistant pair with the service"),
        ("clients", "list the clients that are let in"),
        ("add", "let in a client that cannot pair, and show its token"),
        ("revoke", "let a client in no more"),
        ("renew-certificate", "make a new certificate"),
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
        if name == "add":
            command.add_argument("name", help="what to call it")
        if name == "revoke":
            command.add_argument("client", help="its id, as clients lists it")
    return parser


_COMMANDS: dict[str, Callable[[Config, argparse.Namespace], str]] = {
    "check": lambda config, _: _summary(config),
    "show": lambda config, _: administer.show(config),
    "pair": lambda config, _: administer.pair(config),
    "clients": lambda config, _: administer.clients(config),
    "add": lambda config, options: administer.add(config, options.name),
    "revoke": lambda config, options: administer.revoke(config, options.client),
    "renew-certificate": lambda config, _: administer.renew(config),
}


def _summary(config: Config) -> str:
    lines = [f"{config.path} is good: {config.server.host} port {config.server.port}"]
    for worker in config.workers:
        watts = ", ".join(f"{level:g} W" for level in worker.levels_w)
        lines.append(f"  {worker.name}: {watts}: {worker.what}")
    return "\n".join(lines)
