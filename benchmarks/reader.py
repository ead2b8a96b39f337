"""A reader without a browser: speaks Streamlit's websocket protocol and times its reruns.

Where a move needs a run of the script, the browser sends one `rerun_script` message with the state of
the page; the answer is a stream of messages that ends with `script_finished`, and whatever files it
names (films, images) are fetched then. Where it needs a film around new values, that is fetched by its
address; where it needs neither, nothing is asked. A scenario says what this reader does; see `Scenario`.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

RERUN_SECONDS = 60  # a rerun that takes longer has failed

# What a reader asks for on its next move: a run, in which its session and page are filled in when it is
# sent, or the film at an address; None where the browser keeps the move to itself.
Build = Callable[["Reader"], ClientState | str | None]

SCRUBBER = "activation_lab_scrubber"
_FILE = re.compile(rb"/media/[\w.-]+")


@dataclass(frozen=True)
class Scenario:
    """What readers do: the page they are on (its address without the slash) and what each move asks for."""

    name: str
    page: str
    build: Build


def query(name: str, page: str, template: str) -> Scenario:
    """A link is followed: the address changes, `{}` in `template` takes a new value every time."""
    return Scenario(name, page, lambda reader: ClientState(query_string=template.format(value_of(reader))))


def moves(name: str, page: str, *handles: str) -> Scenario:
    """The handles of the scrubber are dragged in turn, as `ui/scrubber/scrubber.js` does it."""

    def build(reader: "Reader") -> ClientState | str | None:
        if reader.turn == 0:
            return ClientState()  # the page is opened
        handle = handles[reader.turn % len(handles)]
        film = reader.film(handle)
        reader.stands[handle] = value_of(reader)
        if not reader.handles[handle]["alone"]:
            return _told(reader, {handle: reader.stands[handle]})
        return None if film in reader.films else film

    return Scenario(name, page, build)


def typed(name: str, page: str, *handles: str) -> Scenario:
    """Numbers are typed beside the handles in turn, each of which the server hears."""

    def build(reader: "Reader") -> ClientState:
        return _told(reader, {handles[reader.turn % len(handles)]: value_of(reader)}) if reader.turn else ClientState()

    return Scenario(name, page, build)


def _told(reader: "Reader", values: Mapping[str, float]) -> ClientState:
    event = {"event": "released", "value": {"values": values, "count": reader.turn}}
    # The name under which Streamlit collects the events of a component.
    events = f"$$STREAMLIT_INTERNAL_KEY_{reader.components[SCRUBBER]}__events"
    return ClientState(
        widget_states=WidgetStates(widgets=[WidgetState(id=events, json_trigger_value=json.dumps([event]))]),
        fragment_id=reader.fragments[SCRUBBER],
    )


def value_of(reader: "Reader") -> float:
    """One of 45 values from 0.06 to 0.94 where handles stop, another one for each reader and turn."""
    return (6 + 2 * ((37 * reader.number + 11 * reader.turn) % 45)) / 100


@dataclass
class Reader:
    """One open page; `move` is one move of a handle."""

    number: int
    scenario: Scenario
    socket: ClientConnection
    http: "Http"
    turn: int = 0
    page_hash: str = ""
    components: dict[str, str] = field(default_factory=dict)  # the ids of the page's own components, by name
    fragments: dict[str, str] = field(default_factory=dict)  # the part of the page that each component reruns
    handles: dict[str, dict[str, Any]] = field(default_factory=dict)  # what the scrubber was told of them, by name
    stands: dict[str, float] = field(default_factory=dict)  # where they stand now
    films: set[str] = field(default_factory=set)  # the addresses of those that the browser has
    around: str = ""  # the beginning of these addresses, where the server makes films by the handles' values
    received: int = 0  # bytes of the last answer, files included
    _kept: list[set[str]] = field(default_factory=lambda: [set(), set()])
    _files: set[bytes] = field(default_factory=set)

    async def move(self) -> float | None:
        """Move a handle and return the seconds until the server's answer is complete; None if nothing is asked.

        Of a run, the seconds until the script has finished; its new files are fetched then.
        """
        asked = self.scenario.build(self)
        self.turn += 1
        if asked is None:
            return None
        start = time.perf_counter()
        if isinstance(asked, str):
            await self._fetch_film(asked)
            return time.perf_counter() - start
        if self.page_hash:
            asked.page_script_hash = self.page_hash
        else:
            asked.page_name = self.scenario.page
        # As a browser does: large messages of the last two runs are kept and not sent again.
        asked.cached_message_hashes.extend(set().union(*self._kept))
        await self.socket.send(BackMsg(rerun_script=asked).SerializeToString())
        async with asyncio.timeout(RERUN_SECONDS):
            files = await self._until_finished()
            seconds = time.perf_counter() - start
            for file in files - self._files:
                self.received += await self.http.fetch(file.decode())
            self._files |= files
            if self.around:
                for handle in self.handles:
                    await self._fetch_film(self.film(handle))
        return seconds

    def film(self, handle: str) -> str:
        """Where the film of a handle is around the values that all stand at now."""
        values = self.stands | {handle: self.handles[handle]["around"]}
        return f"{self.around}/{handle}?{urlencode(values)}"

    async def _fetch_film(self, address: str) -> None:
        if address not in self.films:
            self.received += await self.http.fetch(address)
            self.films.add(address)

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
                if name == SCRUBBER:
                    told = json.loads(element.bidi_component.bytes)
                    self.around = told["films"]
                    self.handles = {handle["name"]: handle for handle in told["handles"]}
                    self.stands = {handle["name"]: handle["value"] for handle in told["handles"]}
        elif kind == "script_finished":
            # A page that reruns itself finishes early first: what counts is its last run.
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False


class Http:
    """The connection over which one browser fetches files; it stays open as long as the server likes."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def fetch(self, path: str) -> int:
        """Get one file from the server and return its size."""
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(self._address.hostname, self._address.port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._address.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise LookupError(f"{path}: {head[:40]!r}")
        size = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        await reader.readexactly(size)
        return size

    def close(self) -> None:
        """Let the connection go."""
        if self._streams:
            self._streams[1].close()


@asynccontextmanager
async def reading(url: str, scenario: Scenario, number: int = 0) -> AsyncIterator[Reader]:
    """Open the page of `scenario` on the server at `url` and wait for its first run."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    # No compression and no size limit: what a browser has against this server.
    async with connect(address, compression=None, max_size=None, subprotocols=["streamlit"], proxy=None) as socket:
        http = Http(url)
        reader = Reader(number, scenario, socket, http)
        await reader.move()
        yield reader
        http.close()
