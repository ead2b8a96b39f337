"""A reader without a browser: speaks Streamlit's websocket protocol and times its reruns.

What a browser does on the release of a handle is one `rerun_script` message with the state of the
page; the answer is a stream of messages that ends with `script_finished`, and whatever files it
names (films, images) are fetched then. A scenario says what this reader sends; see `Scenario`.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

RERUN_SECONDS = 60  # a rerun that takes longer has failed

# What a reader sends on its next release; its session and page are filled in when it is sent. None
# where the browser keeps the release to itself.
Build = Callable[["Reader"], ClientState | None]

_FILE = re.compile(rb"/media/[\w.-]+")


@dataclass(frozen=True)
class Scenario:
    """What readers do: the page they are on (its address without the slash) and what each release sends."""

    name: str
    page: str
    build: Build


def query(name: str, page: str, template: str) -> Scenario:
    """A link is followed: the address changes, `{}` in `template` takes a new value every time."""
    return Scenario(name, page, lambda reader: ClientState(query_string=template.format(value_of(reader))))


def release(
    name: str, page: str, handle: str, component: str = "activation_lab_scrubber", always: bool = False
) -> Scenario:
    """A handle of the scrubber is let go: what `ui/scrubber/scrubber.js` tells the server, if `always` or it must."""

    def build(reader: "Reader") -> ClientState | None:
        if reader.turn == 0:
            return ClientState()  # the page is opened
        if handle in reader.alone and not always:
            return None
        told = {"event": "released", "value": {"values": {handle: value_of(reader)}, "count": reader.turn}}
        # The name under which Streamlit collects the events of a component.
        events = f"$$STREAMLIT_INTERNAL_KEY_{reader.components[component]}__events"
        return ClientState(
            widget_states=WidgetStates(widgets=[WidgetState(id=events, json_trigger_value=json.dumps([told]))]),
            fragment_id=reader.fragments[component],
        )

    return Scenario(name, page, build)


def value_of(reader: "Reader") -> float:
    """One of 45 values from 0.06 to 0.94 where handles stop, another one for each reader and turn."""
    return (6 + 2 * ((37 * reader.number + 11 * reader.turn) % 45)) / 100


@dataclass
class Reader:
    """One open page; `rerun` is one release of a handle."""

    number: int
    scenario: Scenario
    url: str
    socket: ClientConnection
    turn: int = 0
    page_hash: str = ""
    components: dict[str, str] = field(default_factory=dict)  # the ids of the page's own components, by name
    fragments: dict[str, str] = field(default_factory=dict)  # the part of the page that each component reruns
    alone: set[str] = field(default_factory=set)  # the handles of whose release the server needs not hear at once
    received: int = 0  # bytes of the last answer, files included
    _kept: list[set[str]] = field(default_factory=lambda: [set(), set()])
    _files: set[bytes] = field(default_factory=set)

    async def rerun(self) -> float | None:
        """Send the next state and return the seconds until the script has finished; then fetch the new files.

        None where the browser would not have asked for a run.
        """
        state = self.scenario.build(self)
        self.turn += 1
        if state is None:
            return None
        if self.page_hash:
            state.page_script_hash = self.page_hash
        else:
            state.page_name = self.scenario.page
        # As a browser does: large messages of the last two runs are kept and not sent again.
        state.cached_message_hashes.extend(set().union(*self._kept))
        start = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        async with asyncio.timeout(RERUN_SECONDS):
            files = await self._until_finished()
            seconds = time.perf_counter() - start
            for file in files - self._files:
                self.received += await _fetch(self.url, file.decode())
            self._files |= files
        return seconds

    async def _until_finished(self) -> set[bytes]:
        """Read the answer; return the addresses of the files in it."""
        self.received = 0
        self._kept = [self._kept[1], set()]
        files: set[bytes] = set()
        while True:
            data = await self.socket.recv(decode=False)
            self.received += len(data)
            files.update(_FILE.findall(data))
            if self._heed(ForwardMsg.FromString(data)):
                return files

    def _heed(self, message: ForwardMsg) -> bool:
        """Keep what a browser keeps of a message; whether it was the last of the answer."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            self._kept[1].add(message.ref_hash)
        elif message.metadata.cacheable:
            self._kept[1].add(message.hash)
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            raise LookupError(f"the app has no page {self.scenario.page!r}")
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise RuntimeError(f"the page shows an exception: {element.exception.message}")
            if element.WhichOneof("type") == "bidi_component":
                name = element.bidi_component.component_name
                self.components[name] = element.bidi_component.id
                self.fragments[name] = message.delta.fragment_id
                if element.bidi_component.bytes:
                    shown = json.loads(element.bidi_component.bytes)["handles"]
                    self.alone = {handle["name"] for handle in shown if handle["alone"]}
        elif kind == "script_finished":
            # A page that reruns itself finishes early first: what counts is its last run.
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False


async def _fetch(url: str, path: str) -> int:
    """Get one file from the server and return its size."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read(-1)
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise LookupError(f"{path}: {answer[:40]!r}")
    return len(answer)


@asynccontextmanager
async def reading(url: str, scenario: Scenario, number: int = 0) -> AsyncIterator[Reader]:
    """Open the page of `scenario` on the server at `url` and wait for its first run."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    # No compression and no size limit: what a browser has against this server.
    async with connect(address, compression=None, max_size=None, subprotocols=["streamlit"], proxy=None) as socket:
        reader = Reader(number, scenario, url, socket)
        await reader.rerun()
        yield reader
