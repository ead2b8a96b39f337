"""The figures of attention: every frame against the core asked directly, and a reader's words as they are."""

import csv
import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from activations import entropy, softmax, softmax_jacobian
from activations.experiments.attention import token_vectors
from activations.experiments.masking import WAYS, hidden_as
from figures import attention as drawing
from figures import masking, style
from figures.attention import GROWTH, MAP, ROW, Shown
from figures.film import LARGEST, LARGEST_PICTURES, frame_values, present_frame
from figures.numbers import typed
from tests.figures.decoding import sent

WORDS = {
    name: name
    for name in ("key", "query", "weight", "divided", "plain", "width", "entropy", "slope", *masking.VERDICTS)
}
TOKENS = ("the", "cat", "sat", "on", "the", "mat")
SHOWN = [
    Shown(TOKENS),
    Shown(TOKENS, seed=5, width=100, temperature=2.22, scaled=False, causal=True, row=3),
    Shown(TOKENS, width=1, scores=True, causal=True, row=5),
    Shown(("🙂",), scaled=False),
    Shown(tuple(f"<b>word {index}</b>" for index in range(16)), width=512, scaled=False, row=15, scores=True),
]
every_shown = pytest.mark.parametrize("shown", SHOWN, ids=range(len(SHOWN)))
FILMS = {"d": drawing.width_film, "t": drawing.temperature_film, "row": drawing.row_film}
DRAWS = (drawing.weights, drawing.row, drawing.growth)


def direct(shown: Shown, width: float, temperature: float, divided: bool) -> tuple[np.ndarray, np.ndarray]:
    """Scores and weights, row by row, by softmax over what may be seen."""
    queries, keys = token_vectors(shown.tokens, shown.seed)
    many = len(shown.tokens)
    divisor = temperature * (np.sqrt(width) if divided else 1)
    scores = queries[:, : int(width)] @ keys[:, : int(width)].T / divisor
    weights = np.zeros((many, many))
    for place in range(many):
        seen = place + 1 if shown.causal else many
        weights[place, :seen] = softmax(scores[place, :seen])
    return scores, weights


def at(shown: Shown, handle: str, value: float) -> tuple[float, float, int]:
    """The width, the temperature and the row when a handle stands at `value`."""
    return (
        value if handle == "d" else shown.width,
        value if handle == "t" else shown.temperature,
        round(value) - 1 if handle == "row" else shown.row,
    )


@every_shown
@pytest.mark.parametrize("handle", FILMS)
def test_every_frame_is_what_the_core_says(shown: Shown, handle: str) -> None:
    film = FILMS[handle](shown)
    found = sent(film)
    assert len(film.encode()) <= (LARGEST_PICTURES if film.pictures else LARGEST)
    values = frame_values(film.positions, film.present)
    for frame in sorted({0, len(values) // 3, len(values) - 1, present_frame(film.positions, film.present)}):
        width, temperature, row = at(shown, handle, float(values[frame]))
        pairs = [direct(shown, width, temperature, divided) for divided in (True, False)]
        mine = 0 if shown.scaled else 1
        assert_allclose(found.tracks[ROW, drawing.BARS, "y"][frame], pairs[mine][1][row], rtol=1e-5, atol=1e-30)
        assert_allclose(found.tracks[ROW, drawing.OTHER, "y"][frame], pairs[1 - mine][1][row], rtol=1e-5, atol=1e-30)
        said = {slot: texts[frame] for slot, texts in found.words.items()}
        for which, (_, weights) in enumerate(pairs):
            bits = np.mean([entropy(line) for line in weights])
            slope = np.mean([np.linalg.norm(np.diag(p) - np.outer(p, p)) for p in weights])
            assert float(typed(said[f"entropy{which}"])) == pytest.approx(bits, abs=6e-4)
            assert float(typed(said[f"slope{which}"])) == pytest.approx(slope, abs=6e-4)
        assert said["row"] == str(row + 1)
        assert said["asks"] == shown.tokens[row]
        assert said["share"] == f"{pairs[mine][1][row].max():.1%}"
        if handle != "row":
            points = found.tracks[GROWTH, drawing.SLOPE_NOW, "y"][frame]
            slopes = [[np.linalg.norm(np.diag(p) - np.outer(p, p)) for p in weights] for _, weights in pairs]
            assert_allclose(points, np.mean(slopes, axis=1), atol=1e-6)
            assert_allclose(10 ** found.tracks[GROWTH, drawing.SLOPE_NOW, "x"][frame], width, rtol=1e-5)


@every_shown
@pytest.mark.parametrize("handle", ["d", "t"])
def test_the_pictures_cells_are_the_scores_or_weights(shown: Shown, handle: str) -> None:
    film = FILMS[handle](shown)
    (picture,) = film.pictures
    many = len(shown.tokens)
    times = picture.values.shape[1] // many
    values = frame_values(film.positions, film.present)
    for frame in (0, len(values) // 2, len(values) - 1):
        width, temperature, _ = at(shown, handle, float(values[frame]))
        scores, weights = direct(shown, width, temperature, shown.scaled)
        cells = picture.values[frame, ::times, ::times][::-1].astype(float)  # the lowest row comes first
        hidden = ~shown.visible
        assert_array_equal(cells[hidden], 0)
        assert (cells[~hidden] >= 1).all()
        share = (np.clip(scores, -4, 4) + 4) / 8 if shown.scores else weights
        assert_allclose(cells[~hidden], np.maximum(share * 255, 1)[~hidden], atol=0.51)
    assert picture.palette[0][3] == 0  # what is hidden is clear
    assert (picture.palette[1:, 3] == 255).all()


@every_shown
def test_the_films_fit_their_figures_and_words(shown: Shown) -> None:
    figures = [draw(shown, WORDS, style.SCREEN) for draw in DRAWS]
    words = drawing.present_words(shown)
    for make in FILMS.values():
        film = make(shown)
        now = present_frame(film.positions, film.present)
        for track in film.tracks:
            drawn = figures[track.chart].data[track.trace][track.attribute]
            assert_allclose(np.asarray(drawn, dtype=np.float32), track.values[now], rtol=1e-6)
        assert {slot: film.words[slot][now] for slot in words} == words
        for picture in film.pictures:
            assert len(figures[picture.chart].layout.images) == 1
    # bars that a frame does not name would be taken away
    assert {(track.chart, track.trace) for track in drawing.row_film(shown).tracks} >= {(ROW, 0), (ROW, 1)}


@every_shown
def test_the_curves_are_the_points_at_every_width(shown: Shown) -> None:
    chart = drawing.growth(shown, WORDS, style.SCREEN)
    for place in (0, 20, len(drawing.WIDTHS) - 1):
        width = drawing.WIDTHS[place]
        for trace, divided in ((drawing.ENTROPY, True), (drawing.ENTROPY_RAW, False)):
            _, weights = direct(shown, width, shown.temperature, divided)
            assert chart.data[trace].y[place] == pytest.approx(np.mean([entropy(p) for p in weights]), abs=1e-5)
        for trace, divided in ((drawing.SLOPE, True), (drawing.SLOPE_RAW, False)):
            _, weights = direct(shown, width, shown.temperature, divided)
            norms = [np.linalg.norm(softmax_jacobian(np.log(p[p > 0]))) for p in weights]
            assert chart.data[trace].y[place] == pytest.approx(np.mean(norms), abs=1e-5)
    assert max(np.max(line.y) for line in chart.data[:2]) <= chart.layout.yaxis.range[1]
    assert max(np.max(line.y) for line in chart.data[2:4]) <= chart.layout.yaxis2.range[1]


def test_the_frame_goes_around_the_row() -> None:
    chart = drawing.weights(SHOWN[1], WORDS, style.SCREEN)
    (frame,) = chart.data
    # row 3 of six, counted from the top: between the heights 1.5 and 2.5
    assert (min(frame.y), max(frame.y)) == (1.5, 2.5)
    assert (min(frame.x), max(frame.x)) == (-0.5, 5.5)
    assert [drawing.row_at(y, 6) for y in (5.4, 2.1, -0.4, 99, -99)] == [0, 3, 5, 0, 5]
    assert MAP == 0


@pytest.mark.parametrize("look", [style.SCREEN, style.CLASSROOM], ids=["screen", "classroom"])
@every_shown
def test_a_readers_words_are_shown_as_text(shown: Shown, look: style.Look) -> None:
    for draw in DRAWS[:2]:
        labels = draw(shown, WORDS, look).layout.xaxis.ticktext
        assert not any("<" in label for label in labels)
        assert len(labels) >= len(shown.tokens) / 2
    chart = drawing.weights(shown, WORDS, look)
    for tick, label in zip(chart.layout.yaxis.tickvals, chart.layout.yaxis.ticktext, strict=True):
        place = len(shown.tokens) - 1 - tick
        assert label[:2].replace("&l", "<b") == shown.tokens[place][:2]


@pytest.mark.parametrize("many", [2, 11, 16])
def test_long_names_leave_the_picture_its_room_in_any_script(many: int) -> None:
    chinese, latin = (
        drawing.weights(Shown(tuple(f"{letter * 30}{index}" for index in range(many))), WORDS, style.SCREEN).layout
        for letter in ("汉", "a")
    )
    # a Chinese letter is as wide as the letters are high, so to within one of them
    assert chinese.margin.t == pytest.approx(latin.margin.t, abs=1.02 * style.SCREEN.font)
    assert chinese.margin.t < 9 * style.SCREEN.font
    assert all(name.endswith("…") for name in (*chinese.xaxis.ticktext, *latin.xaxis.ticktext))


def test_the_data_of_the_picture() -> None:
    shown = SHOWN[1]
    rows = list(csv.DictReader(io.StringIO(drawing.data_csv(shown))))
    _, weights = direct(shown, shown.width, shown.temperature, True)
    assert_allclose([float(row["weight"]) for row in rows], weights.ravel(), rtol=1e-9, atol=1e-300)
    assert [row["query"] for row in rows[:6]] == ["the"] * 6


# --- ways to hide -------------------------------------------------------------------------------------------


def test_the_table_of_ways_is_what_each_way_gives() -> None:
    scores = drawing.row_of_scores(SHOWN[0])
    film = masking.film(scores, 2, WORDS)
    told = sent(film).words
    for seen in range(len(scores) + 1):
        for place, way in enumerate(WAYS):
            weights = hidden_as(way, scores, np.arange(len(scores)) < seen)
            verdict = told[f"w{place}"][seen]
            if np.isnan(weights).any():
                assert verdict == "nan"
                assert told[f"v{place}"][seen] == told[f"h{place}"][seen] == "NaN"
                continue
            assert float(typed(told[f"h{place}"][seen])) == pytest.approx(weights[seen:].sum(), abs=6e-5)
            assert float(typed(told[f"v{place}"][seen])) == pytest.approx(weights[:seen].sum(), abs=6e-5)
            assert (verdict == "leaks") == (weights[seen:].sum() > 0)
    last = {way: told[f"w{place}"][0] for place, way in enumerate(WAYS)}
    assert [way for way, verdict in last.items() if verdict == "nan"] == ["half", "plain", "infinity"]
    assert last["safe"] == "right"
    assert last["billion"] == last["zero"] == "leaks"
    assert told[f"w{list(WAYS).index('after')}"][2] == "less"
    assert masking.present_words(scores, 2, WORDS) == {
        slot: texts[2] for slot, texts in told.items() if slot != "seen_said"
    }
    rows = list(csv.DictReader(io.StringIO(masking.data_csv(scores, 2, TOKENS))))
    assert [float(row["safe"]) for row in rows[2:]] == [0] * 4
