import pickle

import numpy as np
import pytest
import torch
from torch import nn

from toonface.io.gan_files.inert_tensors import module_arrays, tensor_array
from toonface.io.inert_pickle import Record, loads


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.int64, torch.uint8, torch.bool])
def test_a_pickled_tensor_keeps_its_numbers(dtype):
    tensor = (torch.arange(12).reshape(3, 4) % 5).to(dtype)
    assert np.array_equal(tensor_array(loads(pickle.dumps(tensor))), tensor.numpy())


def test_views_and_parameters_keep_theirs():
    whole = torch.randn(4, 6)
    for view in (whole.T, whole[1:, ::2], whole[0, 0], nn.Parameter(whole[2])):
        assert np.array_equal(tensor_array(loads(pickle.dumps(view))), view.detach().numpy())


def test_a_module_of_modules_has_the_names_of_its_state():
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1, bias=False))
    found = dict(module_arrays(loads(pickle.dumps(net))))
    expected = net.state_dict()
    assert found.keys() == expected.keys()
    assert all(np.array_equal(array, expected[name].numpy()) for name, array in found.items())


def test_a_tensor_beyond_its_storage_or_of_another_form_is_refused():
    record = loads(pickle.dumps(torch.zeros(4)))
    assert isinstance(record, Record)
    storage, _, _, *rest = record.args
    for offset, size, stride in (
        (0, (5,), (1,)),
        (3, (2,), (1,)),
        (0, (2,), (9,)),
        (0, (2, 2), (1,)),
        (-1, (2,), (1,)),
    ):
        bad = Record(record.module, record.name, (storage, offset, size, stride, *rest[1:]))
        with pytest.raises(ValueError, match="reaches beyond its storage"):
            tensor_array(bad)
    with pytest.raises(ValueError, match="expected _rebuild_tensor_v2"):
        tensor_array(3)
    with pytest.raises(ValueError, match=r"expected a file of torch\.save"):
        tensor_array(Record("torch._utils", "_rebuild_tensor_v2", (3, 0, (1,), (1,))))


def test_a_truncated_storage_is_refused():
    record = loads(pickle.dumps(torch.zeros(4)))
    storage = record.args[0]
    cut = Record(storage.module, storage.name, (storage.args[0][:-3],))
    with pytest.raises(ValueError, match="says that it has 4 numbers"):
        tensor_array(Record(record.module, record.name, (cut, *record.args[1:])))
