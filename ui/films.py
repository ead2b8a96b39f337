"""Films by address: what handles need once another one was let go, with no run of the script.

A page offers its films as a function of the handle's name and of the values of all handles. The
browser asks for `/films/<offer>/<handle>?<the values>` when a handle is touched that has no film
around these values. A run of the script costs Streamlit alone 2 to 3 ms, and readers who move
something at the same time wait for one another's; such an answer costs what the film does.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from threading import Lock
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.entries import Number, UnusableError

_OFFERS_KEPT = 4096  # what is lost is offered again by the run that the browser then asks for
_SECONDS_KEPT = 3600  # by the browser
_SALT = token_hex(8)  # another server may run another version, whose films browsers must not take for these


class Encoded(Protocol):
    """A film as it is sent."""

    data: bytes


class MissingError(LookupError):
    """What a film is made of is not there any more, and takes long: a run of the script has to make it."""


Make = Callable[[str, Mapping[str, float]], Encoded]
# Whether this thread makes a film that a browser waits for: then long work is not done there.
answering: ContextVar[bool] = ContextVar("answering", default=False)


@dataclass(frozen=True)
class _Offer:
    make: Make
    entries: Mapping[str, Number]


_offers: OrderedDict[str, _Offer] = OrderedDict()
_lock = Lock()
_served = False


def served() -> bool:
    """Whether this server answers at these addresses: not if it was started in another way than by `app.py`'s app."""
    return _served


def offer(make: "partial[Any]", entries: Mapping[str, Number]) -> str:
    """Where the browser can ask for the films of the handles `entries`: one address a function and its arguments.

    `make` is a function of a module with what it needs apart from the handle's name and the values.
    """
    said = repr((_SALT, make.func.__module__, make.func.__qualname__, make.args, make.keywords))
    key = hashlib.sha256(said.encode()).hexdigest()[:32]
    with _lock:
        _offers[key] = _Offer(make, entries)
        _offers.move_to_end(key)
        if len(_offers) > _OFFERS_KEPT:
            _offers.popitem(last=False)
    return f"/films/{key}"


def _offered(key: str) -> _Offer | None:
    with _lock:
        if key in _offers:
            _offers.move_to_end(key)
        return _offers.get(key)


async def _answer(request: Request) -> Response:
    found, name = _offered(request.path_params["offer"]), request.path_params["handle"]
    if found is None or name not in found.entries:
        return Response(status_code=404)
    try:
        values = {handle: entry.read(request.query_params[handle]) for handle, entry in found.entries.items()}
    except (KeyError, UnusableError):
        return Response(status_code=400)
    headers = {"Cache-Control": f"private, max-age={_SECONDS_KEPT}"}
    # Here and not by Streamlit, which compresses on the thread that all readers share.
    if packs := "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    try:
        data = await run_in_threadpool(_made, found.make, name, values, packs)
    except MissingError:
        return Response(status_code=404)
    return Response(data, media_type="application/octet-stream", headers=headers)


def _made(make: Make, name: str, values: Mapping[str, float], packs: bool) -> bytes:
    answering.set(True)
    film = make(name, values)
    return gzip.compress(film.data, compresslevel=1) if packs else film.data


ROUTES = (Route("/films/{offer}/{handle}", _answer),)


@asynccontextmanager
async def serving(_: Any) -> AsyncIterator[None]:
    """While a server answers with these routes."""
    global _served
    _served = True
    yield
    _served = False
