"""The catalogue, and parameters that check themselves."""

import dataclasses
import math
import pickle
from copy import copy

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import activations
from activations import Activation, LeakyReLU, ParameterError, ReLU, Sigmoid, UnknownActivationError
from tests.activations.settings import EVERY_SETTING, METHODS

PARAMETERS = [(kind, entry) for kind in activations.CATALOGUE for entry in kind.parameters()]
every_parameter = pytest.mark.parametrize(
    ("kind", "entry"), PARAMETERS, ids=[f"{kind.name}.{entry.name}" for kind, entry in PARAMETERS]
)
every_kind = pytest.mark.parametrize("kind", activations.CATALOGUE, ids=lambda kind: kind.name)


def test_the_catalogue_is_complete_and_its_names_are_unique():
    assert activations.names() == tuple(kind.name for kind in activations.CATALOGUE)
    assert len(set(activations.names())) == len(activations.CATALOGUE)
    # An experiment may have a function of its own, for what the catalogue does not teach.
    families = {kind for kind in Activation.__subclasses__() if ".experiments." not in kind.__module__}
    assert families == set(activations.CATALOGUE), "a class is missing from CATALOGUE"


@every_kind
def test_get_finds_every_name(kind):
    assert activations.get(kind.name) == kind()
    assert activations.kind(kind.name) is kind


@pytest.mark.parametrize("name", ["", "Relu", "relu ", "softmax", None, 3, ["relu"], {}], ids=repr)
def test_an_unknown_name_is_refused_with_the_valid_ones(name):
    for ask in (activations.get, activations.kind, activations.family):
        with pytest.raises(UnknownActivationError) as caught:
            ask(name)
        assert isinstance(caught.value, ValueError)
        assert caught.value.name == name
        assert caught.value.names == activations.names()
        assert repr(name) in str(caught.value)
        assert all(valid in str(caught.value) for valid in activations.names())


@every_kind
def test_an_unknown_parameter_is_refused(kind):
    with pytest.raises(TypeError, match="beta_of_nothing"):
        activations.get(kind.name, beta_of_nothing=1.0)
    with pytest.raises(TypeError, match="beta_of_nothing"):
        activations.family(kind.name, beta_of_nothing=[1.0])


@every_parameter
def test_a_declaration_makes_a_control(kind, entry):
    assert entry.low <= entry.default <= entry.high
    assert 0 < entry.step <= entry.high - entry.low
    assert entry.symbol
    assert kind().settings[entry.name] == entry.default


@every_parameter
def test_a_bad_value_is_refused_with_the_valid_range(kind, entry):
    outside = [math.nextafter(entry.low, -math.inf), math.nextafter(entry.high, math.inf)]
    no_number = [True, False, "0.1", None, math.nan, [0.1], np.array([0.1]), 0.1j, np.bool_(True), 10**400]
    for value in [*outside, math.inf, -math.inf, *no_number]:
        for make in (kind, lambda **settings: activations.get(kind.name, **settings)):
            with pytest.raises(ParameterError) as caught:
                make(**{entry.name: value})
            error = caught.value
            assert isinstance(error, ValueError)
            assert (error.name, error.low, error.high) == (entry.name, entry.low, entry.high)
            assert error.value is value
            for part in (entry.name, f"{entry.low:g}", f"{entry.high:g}", repr(value)):
                assert part in str(error)


@every_parameter
def test_any_real_number_type_is_accepted_and_stored_as_float(kind, entry):
    for value in (entry.low, entry.high, entry.default, np.float64(entry.default), np.float32(entry.high)):
        stored = getattr(kind(**{entry.name: value}), entry.name)
        assert type(stored) is float
        assert stored == pytest.approx(float(value))


def test_whole_numbers_are_numbers_too():
    assert LeakyReLU(alpha=1) == LeakyReLU(alpha=1.0) == LeakyReLU(alpha=np.int64(1))


@pytest.mark.parametrize("f", EVERY_SETTING, ids=repr)
def test_an_activation_is_a_value(f):
    again = type(f)(**f.settings)
    assert again == f
    assert hash(again) == hash(f)
    assert pickle.loads(pickle.dumps(f)) == f
    assert eval(repr(f), vars(activations)) == f
    with pytest.raises(dataclasses.FrozenInstanceError):
        f.alpha = 0.5


def test_different_activations_differ():
    assert len(set(EVERY_SETTING)) == len(EVERY_SETTING)
    assert LeakyReLU(alpha=0.1) != LeakyReLU(alpha=0.2)
    assert ReLU() != Sigmoid()


def test_replace_checks_too():
    with pytest.raises(ParameterError):
        dataclasses.replace(LeakyReLU(), alpha=2.0)


@pytest.mark.parametrize("x", [np.linspace(-3, 3, 12).reshape(3, 4), [-1, 0, 2], 1.5, np.float32([-1, 2]), []], ids=str)
@pytest.mark.parametrize("method", METHODS)
@every_parameter
def test_a_family_is_the_stack_of_its_members(kind, entry, method, x):
    values = np.linspace(entry.low, entry.high, 5)
    got = getattr(activations.family(kind.name, **{entry.name: values}), method)(x)
    members = [getattr(activations.get(kind.name, **{entry.name: value}), method)(x) for value in values]
    assert got.dtype == np.asarray(members).dtype
    assert_array_equal(got, np.stack(members), strict=True)


@every_kind
def test_a_family_without_values_has_one_member(kind):
    x = np.linspace(-3, 3, 12).reshape(3, 4)
    assert_array_equal(activations.family(kind.name)(x), kind()(x)[None], strict=True)


@every_parameter
def test_a_family_checks_every_value(kind, entry):
    for bad in ([entry.default, entry.high * 2 + 1], [entry.default, math.nan], ["a"], [None], [True]):
        with pytest.raises(ParameterError):
            activations.family(kind.name, **{entry.name: bad})


@pytest.mark.parametrize(
    "error",
    [ParameterError("alpha", 2, 0, 1, open_low=True), UnknownActivationError("gellu", ("gelu", "relu"))],
    ids=repr,
)
def test_errors_can_be_copied_and_sent_elsewhere(error: Exception) -> None:
    for made in (pickle.loads(pickle.dumps(error)), copy(error)):
        assert type(made) is type(error)
        assert str(made) == str(error)
        assert vars(made) == vars(error)
