"""How long taking a catalogue in and giving it out takes, and how much memory.

`python -m bench.catalogue` does it with the real catalogue and with a generated one, each in a new installation in a
temporary folder, on SQLite or with `--postgresql` on the server of DATABASE_URL. Each step is a process of its own;
the first row shows what starting one costs.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import machine, ours
from bench.databases import PostgreSQL, find_postgresql
from bench.pages import CATALOGUE


@dataclass(frozen=True)
class Step:
    """What one command took; `kilobytes`: the most memory its process had at once."""

    name: str
    seconds: float
    kilobytes: int


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    server = find_postgresql() if options.postgresql else None
    if isinstance(server, str):
        print(f"PostgreSQL: not measured, {server}", file=sys.stderr)
        return 1
    facts = machine.facts(server.version if server else None)
    print("\n".join(f"- {name}: {value}" for name, value in facts.items()))
    print(f"- measured on: {'PostgreSQL' if server else 'SQLite'}\n")
    print("| step | seconds | peak memory |\n| --- | --- | --- |")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-catalogue-")))
        for step in _measure(folder, catalogue=options.catalogue, entries=options.entries, server=server, stack=stack):
            print(f"| {step.name} | {step.seconds:.1f} | {step.kilobytes / 1024:.0f} MB |", flush=True)
    return 0


def _measure(
    folder: Path, *, catalogue: Path, entries: int, server: PostgreSQL | None, stack: ExitStack
) -> Iterator[Step]:
    def installation(name: str) -> Mapping[str, str]:
        url = None
        if server:
            stack.callback(server.drop, name)
            url = server.create(name)
        environment = ours.environment(folder / name, url)
        _timed("", environment, "setup", "--no-catalogue")
        return environment

    source = installation("load_source")
    yield _timed("start a command and do nothing", source, "check")
    yield from _in_and_out("real catalogue", source, catalogue, folder / "real.yaml")
    yield _timed(f"generate {entries:,} entries", source, "generate_catalogue", "--entries", str(entries), "--apply")
    generated = folder / "generated.yaml"
    yield _timed(f"export {entries:,} generated entries and the real ones", source, "export_catalogue", str(generated))
    target = installation("load_target")
    yield from _in_and_out(f"{entries:,} generated and the real ones", target, generated, folder / "again.yaml")
    if generated.read_bytes() != (folder / "again.yaml").read_bytes():
        raise RuntimeError("What was exported after loading is not what was loaded.")


def _in_and_out(name: str, environment: Mapping[str, str], file: Path, exported: Path) -> Iterator[Step]:
    yield _timed(f"{name}: look only", environment, "load_catalogue", str(file))
    yield _timed(f"{name}: load", environment, "load_catalogue", str(file), "--apply")
    yield _timed(f"{name}: load again, nothing changes", environment, "load_catalogue", str(file), "--apply")
    yield _timed(f"{name}: export", environment, "export_catalogue", str(exported))


def _timed(name: str, environment: Mapping[str, str], *arguments: str) -> Step:
    """Runs an `austausch` command. Raises RuntimeError with what it said when it fails."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "austausch", *arguments],
            cwd=ours.PROJECT,
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        # Not `wait`: only this tells what the process itself has used.
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read()[-3000:].decode(errors="replace")
            raise RuntimeError(f"“austausch {' '.join(arguments)}” failed with {process.returncode}:\n{said}")
    return Step(name, seconds, used.ru_maxrss)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.catalogue", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="the real entries (default: %(default)s)")
    parser.add_argument("--entries", type=int, default=10_000, help="how many to generate (default: %(default)s)")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
