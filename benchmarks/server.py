"""Start a Streamlit server on a free port of this machine; benches and browser tests share it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ROOT

START_SECONDS = 60  # a first start compiles every module of Streamlit, on a loaded machine


class ServerError(RuntimeError):
    """The server did not start, or died; the message carries its log."""


@dataclass(frozen=True)
class Server:
    """A running server: its address and what it printed."""

    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> str:
        """Everything the server has printed until now."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def check(self) -> None:
        """Raise ServerError with the log if the server has died."""
        if self.process.poll() is not None:
            raise ServerError(f"the server ended with code {self.process.returncode}; its log:\n{self.log()}")

    def cpu_seconds(self) -> float:
        """CPU time the server has used, all its threads, the finished ones too (Linux only)."""
        # After the name in brackets, which may hold spaces: field 14 is utime, field 15 is stime.
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(script: Path, options: Sequence[str] = ()) -> Iterator[Server]:
    """Run `script` under the project's own configuration; the server is gone when the block is left."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="server-") as folder:
        log_file = Path(folder) / "log"
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true", *options]
        with log_file.open("wb") as log:
            # The project's folder: Streamlit reads .streamlit/config.toml from where it is started.
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        server = Server(f"http://127.0.0.1:{port}", process, log_file)
        try:
            _wait_until_healthy(server)
            yield server
        except Exception as error:
            error.add_note(f"the log of {script.name}:\n{server.log()}")  # a page's exception stands only there
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        server.check()
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ServerError(f"the server did not answer within {START_SECONDS} s; its log:\n{server.log()}")
