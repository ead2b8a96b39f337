"""What a new sentence, or a new setting of the next word, costs the server: all charts and films of the page."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from activations import softmax
from activations.experiments.attention import token_vectors
from activations.experiments.sampling import EXAMPLES, next_word, tallies
from benchmarks import Row, fastest
from figures import attention, sampling, style
from figures.attention import Shown
from figures.sampling import Named, Sampler

TITLE = "Attention on 16 tokens, and the next word: everything a page shows, against the core's numbers one by one"

ROUNDS = 5
_SOME = attention.TEMPERATURES[::8]  # of the plain loop: all of them take seconds, and each as long as the other
SHOWN = Shown(tuple(f"token {index}" for index in range(16)), causal=True)
ASKED = Sampler("open", t=1.2, p=0.95)
WORDS = dict.fromkeys(("key", "query", "weight", "divided", "plain", "width", "entropy", "slope"), "")
NAMED = Named(tuple("abcdefghijkl"), dict.fromkeys(("probability", "ghost", "now", "drawn", "missed"), ""))


def run(_: Path) -> Iterator[Row]:
    """Time each page's work from nothing, and its numbers alone in a plain loop."""
    share = len(attention.TEMPERATURES) / len(_SOME)
    for what, ours, plain, times in (
        ("a new sentence: 3 charts, 3 films", _sentence, _rows_one_by_one, share),
        ("a new setting of the filter: 1 chart, 4 films", _filter, _draws_one_by_one, 1.0),
    ):
        yield Row(what, 1e3 * fastest(ours, ROUNDS), 1e3 * times * fastest(plain, ROUNDS), "ms", "≤ 500 ms")


def _sentence() -> None:
    attention._kept.cache_clear()
    shown = Shown(SHOWN.tokens, causal=True)  # without the vectors of the last round
    for draw in (attention.weights, attention.row, attention.growth):
        draw(shown, WORDS, style.SCREEN)
    for film in (attention.width_film, attention.temperature_film, attention.row_film):
        film(shown).encode()


def _rows_one_by_one() -> None:
    """The weights of the curves in frames of the temperature's film, a row at a time, with their slopes."""
    queries, keys = token_vectors(SHOWN.tokens)
    for temperature in _SOME:
        for width in attention.WIDTHS.astype(int):
            for divisor in (np.sqrt(width) * temperature, temperature):
                for row in range(len(queries)):
                    p = softmax(keys[: row + 1, :width] @ queries[row, :width] / divisor)
                    np.linalg.norm(np.diag(p) - np.outer(p, p))


def _filter() -> None:
    sampling.bars(ASKED, NAMED)
    for handle in sampling.POSITIONS:
        sampling.film(ASKED, handle).encode()


def _draws_one_by_one() -> None:
    """Filter and draws of every frame of the four films, a frame at a time."""
    usual = {"temperature": ASKED.t, "top_k": 12, "top_p": ASKED.p, "min_p": ASKED.m}
    for name, handle in zip(usual, sampling.POSITIONS, strict=True):
        for value in sampling.POSITIONS[handle].tolist():
            tallies(next_word(EXAMPLES["open"][0], **(usual | {name: value})).p)
