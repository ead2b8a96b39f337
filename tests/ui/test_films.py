"""Films by address: what a browser asks for is what the page would have made around the same values."""

import asyncio
import gzip
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response

import activations
from figures import style
from figures.function import View
from ui import compare_view, entries, films, function_view, saturation_view, softmax_view
from ui.runs import run

X = entries.Number("x", 1.0, -40, 40)
ALPHA = entries.Number("alpha", 0.01, 0.001, 1)
LEAKY = partial(function_view._film, "leaky_relu", View(6.0), 0.8)
SIGMOID = activations.get("sigmoid")
CLASSROOM = View(3.0, look=style.CLASSROOM)
BASE = activations.names()[:3]


def ask(address: str, handle: str, encodings: str = "", **values: Any) -> Response:
    """What the server answers at the address of an offer."""
    scope = {
        "type": "http",
        "method": "GET",
        "path_params": {"offer": address.removeprefix("/films/"), "handle": handle},
        "query_string": urlencode(values).encode(),
        "headers": [(b"accept-encoding", encodings.encode())],
    }
    with ThreadPoolExecutor(1) as server:  # this thread may have Playwright's loop
        return server.submit(lambda: asyncio.run(films._answer(Request(scope)))).result()


@pytest.mark.parametrize(
    ("make", "handles"),
    [
        (LEAKY, {"x": (X, -1.2345), "alpha": (ALPHA, 0.25)}),
        (partial(function_view._film, "tanh", CLASSROOM, 1.0), {"x": (X, 0.5)}),
        (
            partial(saturation_view._slopes_film, SIGMOID, "zh"),
            {"x": (X, 2.0), "share": (entries.Number("share", 0.01, 0.001, 0.5), 0.02)},
        ),
        (
            partial(saturation_view._depth_film, SIGMOID, "en"),
            {"x": (X, 2.0), "n": (saturation_view.DEPTH, 7)},
        ),
        (
            partial(softmax_view._film, 2, 1),
            {
                "t": (softmax_view.TEMPERATURE, 0.5),
                "z0": (softmax_view.LOGITS.each, 300.0),
                "z1": (softmax_view.LOGITS.each, -2.0),
            },
        ),
        (partial(compare_view._film, BASE, View(3.0)), {"x": (X, 1.0)}),
    ],
)
def test_the_answer_is_the_film_that_the_page_would_make(make: Any, handles: dict[str, Any]) -> None:
    address = films.offer(make, {name: entry for name, (entry, _) in handles.items()})
    values = {name: value for name, (_, value) in handles.items()}
    for name in handles:
        answer = ask(address, name, **values)
        assert answer.status_code == 200
        assert answer.body == make(name, values).data


def test_other_values_have_other_films() -> None:
    address = films.offer(LEAKY, {"x": X, "alpha": ALPHA})
    assert ask(address, "x", x=1, alpha=0.1).body != ask(address, "x", x=1, alpha=0.2).body
    assert ask(address, "x", x=1, alpha=0.1).body == ask(address, "x", x=2, alpha=0.1).body


def test_an_offer_has_one_address_for_all_readers_and_another_for_anything_else() -> None:
    same = partial(function_view._film, "leaky_relu", View(6.0), 0.8)
    other = partial(function_view._film, "leaky_relu", View(6.0), 0.9)
    entry = {"x": X, "alpha": ALPHA}
    assert films.offer(LEAKY, entry) == films.offer(same, entry) != films.offer(other, entry)


@pytest.mark.parametrize("given", ["", "nan", "inf", "1e308", "41", "two", "<b>", "9" * 10_000])
def test_values_that_no_handle_can_have_are_refused(given: str) -> None:
    address = films.offer(LEAKY, {"x": X, "alpha": ALPHA})
    assert ask(address, "x", x=given, alpha=0.1).status_code == 400


def test_what_is_not_offered_is_not_found() -> None:
    address = films.offer(LEAKY, {"x": X, "alpha": ALPHA})
    assert ask(address, "x", x=1).status_code == 400
    assert ask(address, "beta", x=1, alpha=0.1).status_code == 404
    assert ask("/films/nonsense", "x", x=1, alpha=0.1).status_code == 404


def test_offers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "_OFFERS_KEPT", 3)
    monkeypatch.setattr(films, "_offers", type(films._offers)())
    addresses = [
        films.offer(partial(LEAKY.func, "leaky_relu", View(6.0), g), {"x": X, "alpha": ALPHA}) for g in range(5)
    ]
    found = [ask(address, "x", x=1, alpha=0.1).status_code for address in addresses]
    assert found == [404, 404, 200, 200, 200]


def test_a_film_is_compressed_for_a_browser_that_asks_for_it() -> None:
    address = films.offer(LEAKY, {"x": X, "alpha": ALPHA})
    packed = ask(address, "x", encodings="gzip, deflate", x=1, alpha=0.1)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(packed.body)) == ask(address, "x", x=1, alpha=0.1).body


def _takes_long(handle: str, values: Mapping[str, float]) -> Any:
    return run("nothing is kept under this", pytest.fail, handle)


def test_long_work_is_left_to_a_run_of_the_script() -> None:
    address = films.offer(partial(_takes_long), {"x": X})
    assert ask(address, "x", x=1).status_code == 404
