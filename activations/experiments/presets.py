"""Settings of the playground that teach something; a race has two, which differ in what it is about.

What each shows is asserted over seeds 0 to 9 by the tests; where a claim holds for some seeds only,
the seed here is one of them, and the lesson says how many there are.
"""

from dataclasses import replace

from activations.base import Activation
from activations.experiments.datasets import Data
from activations.experiments.network import Layer
from activations.experiments.playground import Settings
from activations.gaussian import GELU
from activations.rectifiers import LeakyReLU, ReLU
from activations.sigmoids import Sigmoid, Tanh

_CIRCLES = Data(kind="circles", noise=0.1)


def _layers(f: Activation, width: int, count: int = 1) -> tuple[Layer, ...]:
    return (Layer(f, width),) * count


_LINEAR = Settings(data=_CIRCLES, layers=(), epochs=100)
_DEEP = Settings(layers=_layers(Sigmoid(), 8, 4), initialisation="standard", learning_rate=0.3, epochs=100)
_BOLD = Settings(data=_CIRCLES, layers=_layers(ReLU(), 8, 2), initialisation="he", learning_rate=3.0, epochs=60)
_XOR = Settings(
    data=Data(kind="xor", noise=0.15, count=200),
    layers=_layers(ReLU(), 1),
    optimiser="adam",
    initialisation="he",
    learning_rate=0.03,
)
_SPIRAL = Settings(
    data=Data(kind="spiral", noise=0.08, classes=3),
    layers=(Layer(Tanh(), 16), Layer(ReLU(), 16)),
    optimiser="adam",
    learning_rate=0.01,
    epochs=300,
)
_HILLS = Settings(data=Data(kind="hills", noise=0.1), layers=_layers(Tanh(), 8, 2), loss="squared")

PRESETS: dict[str, tuple[Settings, ...]] = {
    "linear": (_LINEAR,),
    "layer": (replace(_LINEAR, layers=_layers(ReLU(), 8)),),
    "vanishing": (_DEEP, replace(_DEEP, layers=_layers(Tanh(), 8, 4))),
    "dying": (_BOLD, replace(_BOLD, layers=_layers(LeakyReLU(alpha=0.1), 8, 2))),
    "xor": (_XOR, replace(_XOR, layers=_layers(GELU(), 1))),
    "xor_two": (replace(_XOR, layers=_layers(ReLU(), 2), seed=4),),
    "spiral": (_SPIRAL,),
    "hills": (_HILLS,),
    # one step an epoch along the exact gradient of a plane: it grows by 1 − η λ a step, and η λ is beyond 2
    "runaway": (replace(_HILLS, layers=(), batch=1000, learning_rate=2.3, epochs=100),),
}
