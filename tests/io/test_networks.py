"""Laws of networks on disk: what is stored is run; what is damaged, missing or of another shape is one clear line."""

import json
import subprocess
import sys
from hashlib import sha256

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from toonface.io.networks import NETWORKS, list_networks, load_network, network_names, read_card
from toonface.types import Network

CARD = {
    "name": "landmarks",
    "version": "1",
    "task": "Doubles colours.",
    "input": {"picture": ["N", 3, 4, "W"]},
    "outputs": {"points": ["N", 3, 4, "W"]},
    "data": ["nothing"],
    "steps": 10,
    "pictures": 320,
    "minutes": 0.5,
    "device": "cpu",
    "seed": 3,
    "commit": "0000000",
    "metrics": {"landmarks.toon.nme": 0.5},
    "licence": "CC0-1.0",
    "quantisation": "none",
    "limits": "It finds nothing.",
}


def doubling(name="picture", dtype=TensorProto.FLOAT, shape=("N", 3, 4, "W")):
    """The bytes of a network that doubles its input, and that sums over it."""
    graph = helper.make_graph(
        [
            helper.make_node("Add", [name, name], ["points"]),
            helper.make_node("ReduceSum", [name], ["sigma"], keepdims=0),
        ],
        "doubling",
        [helper.make_tensor_value_info(name, dtype, shape)],
        [helper.make_tensor_value_info("points", dtype, shape), helper.make_tensor_value_info("sigma", dtype, ())],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def store(folder, content, name="landmarks", **changes):
    """Write a network and its card; a change to None leaves the field out."""
    card = CARD | {"name": name, "sha256": sha256(content).hexdigest(), "bytes": len(content)} | changes
    (folder / f"{name}.onnx").write_bytes(content)
    card = {key: value for key, value in card.items() if value is not None}
    (folder / f"{name}.json").write_text(json.dumps(card), encoding="utf-8")


def refused(call, *arguments, **options):
    """The one line with which a call is refused."""
    with pytest.raises(ValueError, match=r"\w") as refusal:
        call(*arguments, **options)
    assert "\n" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    return str(refusal.value)


@pytest.fixture
def picture():
    return np.random.default_rng(0).uniform(size=(2, 3, 4, 5)).astype(np.float32)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stored_network_runs(tmp_path, picture, threads):
    store(tmp_path, doubling())
    network = load_network("landmarks", tmp_path, threads=threads)
    assert isinstance(network, Network)
    outputs = network(picture)
    assert outputs.keys() == {"points", "sigma"}
    np.testing.assert_array_equal(outputs["points"], 2.0 * picture)
    np.testing.assert_allclose(outputs["sigma"].item(), picture.sum(), rtol=1e-5)


def test_a_view_is_run_like_its_copy(tmp_path, picture):
    store(tmp_path, doubling())
    network = load_network("landmarks", tmp_path)
    np.testing.assert_array_equal(network(picture[..., ::-1])["points"], 2.0 * picture[..., ::-1])


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((3, 4, 5), "f4"), ((1, 1, 4, 5), "f4"), ((1, 3, 6, 5), "f4"), ((1, 3, 4, 5), "f8"), ((1, 3, 4, 5), "u1")],
)
def test_a_wrong_tensor_is_refused(tmp_path, as_in_production, shape, dtype):
    store(tmp_path, doubling())
    message = refused(load_network("landmarks", tmp_path), np.zeros(shape, dtype))
    assert f"picture is {np.dtype(dtype)} {shape}, expected float32 (None, 3, 4, None)" in message


def test_a_length_that_the_network_cannot_take_is_refused(tmp_path):
    """Declared as dynamic, but the arithmetic inside needs four columns."""
    constant = helper.make_node("Constant", [], ["four"], value_floats=[0.0, 1.0, 2.0, 3.0])
    graph = helper.make_graph(
        [constant, helper.make_node("Add", ["picture", "four"], ["points"])],
        "picky",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["N", 3, "H", "W"])],
        [helper.make_tensor_value_info("points", TensorProto.FLOAT, ["N", 3, "H", "W"])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    store(tmp_path, model.SerializeToString())
    network = load_network("landmarks", tmp_path)
    assert network(np.zeros((1, 3, 2, 4), np.float32))["points"].shape == (1, 3, 2, 4)
    assert "cannot take a picture of shape (1, 3, 2, 5)" in refused(network, np.zeros((1, 3, 2, 5), np.float32))


@pytest.mark.parametrize(
    "other", [{"name": "image"}, {"dtype": TensorProto.DOUBLE}, {"shape": (3, 4, 5)}], ids=["name", "dtype", "shape"]
)
def test_a_network_with_another_input_is_refused(tmp_path, other):
    store(tmp_path, doubling(**other))
    message = refused(load_network, "landmarks", tmp_path)
    assert "landmarks.onnx is not a readable network (its inputs are" in message
    assert "expected one, 'picture'" in message


def test_a_changed_file_is_refused(tmp_path):
    store(tmp_path, doubling())
    content = bytearray((tmp_path / "landmarks.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "landmarks.onnx").write_bytes(content)
    message = refused(load_network, "landmarks", tmp_path)
    assert "landmarks.onnx is damaged: its sha256 begins" in message
    assert "install toonface again" in message


@pytest.mark.parametrize("content", [b"", b"no network", doubling()[:60]], ids=["empty", "words", "half"])
def test_a_file_that_is_no_network_is_refused(tmp_path, content, capfd):
    store(tmp_path, content)
    assert "landmarks.onnx is not a readable network (" in refused(load_network, "landmarks", tmp_path)
    assert capfd.readouterr() == ("", "")  # the run time's own log stays silent


def test_missing_files_are_refused(tmp_path):
    message = refused(load_network, "landmarks", tmp_path)
    assert "landmarks.json (No such file or directory); install toonface again, or give the folder" in message
    store(tmp_path, doubling())
    (tmp_path / "landmarks.onnx").unlink()
    assert "landmarks.onnx (No such file or directory)" in refused(load_network, "landmarks", tmp_path)


def test_an_unknown_network_is_refused(tmp_path):
    assert "network is '../x', expected one of detector, landmarks" in refused(load_network, "../x", tmp_path)


def test_no_thread_at_all_is_refused(tmp_path):
    assert "threads is 0, expected at least 1" in refused(load_network, "landmarks", tmp_path, threads=0)


def test_a_card_comes_back(tmp_path):
    store(tmp_path, doubling())
    card = read_card("landmarks", tmp_path)
    assert {name: getattr(card, name) for name in CARD} == CARD
    assert card.bytes == (tmp_path / "landmarks.onnx").stat().st_size


def test_the_networks_that_are_there_are_listed_in_the_order_of_their_use(tmp_path):
    assert network_names() == NETWORKS
    assert list_networks(tmp_path) == ()
    for name in ("parser", "detector", "coarse"):
        store(tmp_path, doubling(), name)
    assert [card.name for card in list_networks(tmp_path)] == ["detector", "parser", "coarse"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "parser"}, "its name is 'parser'"),
        ({"seed": None}, "these fields are missing or unknown: seed"),
        ({"price": 3}, "these fields are missing or unknown: price"),
        ({"steps": "10"}, "steps is '10', expected a whole number"),
        ({"steps": True}, "steps is True, expected a whole number"),
        ({"metrics": {"nme": "small"}}, "metrics is {'nme': 'small'}, expected an object of numbers"),
        ({"licence": 3}, "licence is 3, expected a text"),
        ({"sha256": "ab"}, "sha256 is 'ab', expected 64 hexadecimal digits"),
    ],
)
def test_a_damaged_card_is_refused(tmp_path, as_in_production, changes, reason):
    store(tmp_path, doubling())
    facts = json.loads((tmp_path / "landmarks.json").read_text()) | changes
    facts = {name: fact for name, fact in facts.items() if fact is not None}
    (tmp_path / "landmarks.json").write_text(json.dumps(facts))
    message = refused(read_card, "landmarks", tmp_path)
    assert "landmarks.json is not a readable network card" in message
    assert reason in message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_card_that_is_no_card_is_refused(tmp_path, content):
    (tmp_path / "landmarks.json").write_bytes(content)
    assert "landmarks.json is not a readable network card" in refused(read_card, "landmarks", tmp_path)
    assert "landmarks.json" in refused(list_networks, tmp_path)


def test_the_run_time_is_imported_only_to_load_a_network():
    code = "import sys, toonface.io.networks as n; n.list_networks(); sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
