import numpy as np
import pytest

from toonface.io.gan_files.layout import generator_of, renamed
from toonface.nets.stylegan2.generator import GanShape, Generator

TINY = GanShape(channels=(4, 3), latent=5, style=6, mapping=1)


def arrays():
    return {name: array.numpy() for name, array in Generator(TINY).state_dict().items()}


def test_a_generators_own_arrays_make_it_again():
    before = arrays()
    net = generator_of(before)
    assert net.shape == TINY
    assert all(np.array_equal(net.state_dict()[name].numpy(), array) for name, array in before.items())


def test_what_is_missing_left_over_or_of_another_size_is_named():
    with pytest.raises(ValueError, match=r"'mapping\.w_mean' is missing or left over"):
        generator_of({name: array for name, array in arrays().items() if name != "mapping.w_mean"})
    with pytest.raises(ValueError, match="'more' is missing or left over"):
        generator_of(arrays() | {"more": np.zeros(1)})
    with pytest.raises(ValueError, match=r"'mapping\.w_mean' has shape \(9,\), expected \(6,\)"):
        generator_of(arrays() | {"mapping.w_mean": np.zeros(9)})
    with pytest.raises(ValueError, match="expected 2 to 9 numbers"):
        generator_of({})


def test_names_that_no_rule_knows_and_other_filters_are_refused():
    rules = (("a", lambda: "ours"), (r".*\.filter", lambda: ""))
    assert list(renamed({"a": np.zeros(1)}, rules)) == ["ours"]
    with pytest.raises(ValueError, match="it has 'embed', which no StyleGAN2"):
        renamed({"embed": np.zeros(1)}, rules)
    with pytest.raises(ValueError, match=r"its filter 'x\.filter' is another"):
        renamed({"x.filter": np.ones((2, 2))}, rules)
