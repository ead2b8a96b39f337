"""The convolution against sums by hand, its gradients against central differences, and what its filters learn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import activations
from activations.errors import ParameterError
from activations.experiments import convolution, digits
from activations.experiments.convolution import BY_HAND, FILTERS, SIDE, Layer, Network, Settings

# A 4 × 4 image and two filters; sums by hand, with zeros around the image.
IMAGE = np.array([[1, 0, 2, 0], [0, 3, 0, 1], [2, 0, 1, 0], [0, 1, 0, 4]], dtype=float)
PAIR = Layer(np.array([[[1, 0, -1]] * 3, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]], dtype=float), np.array([0.5, 0.0]))
BY_PAPER = (
    [[-2.5, -0.5, 2.5, 2.5], [-2.5, 0.5, 2.5, 3.5], [-3.5, 1.5, -0.5, 1.5], [-0.5, 1.5, -2.5, 1.5]],
    [[-4, 6, -8, 3], [6, -12, 7, -4], [-8, 7, -4, 6], [3, -4, 6, -16]],
)
STEP = 1e-5


def network(seed: int = 3) -> Network:
    """A network whose biases are not 0."""
    generator = np.random.default_rng(seed)
    start = convolution.start(Settings(seed=seed))
    layer = Layer(start.layer.filters, generator.normal(0, 0.3, FILTERS))
    return Network(layer, start.weights, generator.normal(0, 0.3, 10))


def sample(count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """A few digits, and their classes as rows of one 1."""
    data = digits.load()
    return data.images[:count].reshape(-1, SIDE, SIDE), np.eye(10)[data.labels[:count]]


def central(of, array: np.ndarray) -> np.ndarray:
    """The gradient of `of()` by every entry of `array`, which is changed in place and put back."""
    found = np.empty_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + STEP
        above = of()
        array[place] = kept - STEP
        found[place] = (above - of()) / (2 * STEP)
        array[place] = kept
    return found


def test_maps_by_hand() -> None:
    assert_allclose(PAIR(IMAGE[None])[0].transpose(2, 0, 1), BY_PAPER)


def test_maps_by_two_loops() -> None:
    image = sample(1)[0][0]
    layer = Layer(np.random.default_rng(1).normal(size=(FILTERS, 3, 3)), np.arange(6.0))
    framed = np.pad(image, 1)
    for k in range(FILTERS):
        for row in range(SIDE):
            for column in range(SIDE):
                patch = framed[row : row + 3, column : column + 3]
                expected = (patch * layer.filters[k]).sum() + layer.biases[k]
                assert layer(image[None])[0, row, column, k] == pytest.approx(expected, rel=1e-12)


def test_filters_by_hand_come_in_pairs_and_answer_to_what_they_are_called_after() -> None:
    filters = dict(zip(BY_HAND, convolution.by_hand().filters, strict=True))
    assert_array_equal(filters["left"], -filters["right"])
    assert_array_equal(filters["top"], -filters["bottom"])
    on_the_right, below = np.array([[0, 1, 1]] * 3), np.array([[0] * 3, [0] * 3, [1] * 3])
    assert (filters["left"] * on_the_right).sum() == 3
    assert (filters["left"] * on_the_right[:, ::-1]).sum() == -3
    assert (filters["top"] * below).sum() == 3
    assert (filters["stroke"] * np.array([[0, 1, 0]] * 3)).sum() == 6
    for name, weights in filters.items():
        assert weights.sum() == 0, name  # what is the same everywhere gives 0


def test_gradients_of_the_convolution_are_those_of_central_differences() -> None:
    generator = np.random.default_rng(0)
    images = generator.normal(size=(2, 5, 5))
    layer = Layer(generator.normal(size=(3, 3, 3)), generator.normal(size=3))
    weights = generator.normal(size=(2, 5, 5, 3))  # of each cell in a sum that stands for a loss

    def total() -> float:
        return float((weights * layer(images)).sum())

    at_filters, at_biases = convolution.gradients(convolution.patches(images), weights)
    assert_allclose(at_filters, central(total, layer.filters), rtol=1e-6, atol=1e-9)
    assert_allclose(at_biases, central(total, layer.biases), rtol=1e-6, atol=1e-9)
    assert_allclose(convolution.image_gradient(layer, weights), central(total, images), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", activations.names())
def test_gradients_of_the_loss_are_those_of_central_differences(name: str) -> None:
    f, (images, targets), start = activations.get(name), sample(3), network()
    over = convolution.patches(images)
    _, found = convolution.loss_gradients(start, f, over, targets)

    def loss() -> float:
        return convolution.loss_gradients(start, f, over, targets)[0]

    for part, gradient in zip(start.parts, found, strict=True):
        scale = np.abs(gradient).max()
        assert_allclose(gradient, central(loss, part), rtol=1e-6, atol=1e-6 * scale)


def test_the_loss_before_anything_is_learnt_is_that_of_a_guess() -> None:
    images, targets = sample(200)
    blank = convolution.start(Settings())
    silent = Network(Layer(np.zeros((FILTERS, 3, 3)), np.zeros(FILTERS)), blank.weights, np.zeros(10))
    loss, _ = convolution.loss_gradients(silent, activations.get("relu"), convolution.patches(images), targets)
    assert loss == pytest.approx(np.log(10))


def test_training_is_the_same_again_and_learns() -> None:
    asked = Settings(epochs=3)
    shares: list[float] = []
    once, again = convolution.train(asked, shares.append), convolution.train(asked)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    for one, other in zip(once.network.parts, again.network.parts, strict=True):
        assert_array_equal(one, other)
    assert once.accuracy == again.accuracy > 0.8
    assert convolution.train(Settings(epochs=0)).accuracy < 0.3


def test_another_seed_learns_other_filters() -> None:
    first, second = (convolution.train(Settings(epochs=1, seed=seed)).network.layer.filters for seed in (0, 1))
    assert np.abs(first - second).max() > 0.1


@pytest.mark.parametrize("values", [{"epochs": -1}, {"epochs": 2.5}, {"seed": 10_000}, {"learning_rate": 0.0}])
def test_settings_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        Settings(**values)
