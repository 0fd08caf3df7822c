"""Laws of a run: what was saved is resumed to the bit, averages follow slowly, and foreign weights are refused."""

import copy
import json

import pytest
import torch
from torch import nn

from toonface.io.checkpoints import read_checkpoint
from toonface.train.run import CHECKPOINT, Run, load_weights, pick_device


def small_net(width=4, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 1))


def run_in(folder, net=None, minutes=60.0):
    net = net or small_net()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2)
    return Run(folder=folder, net=net, optimizer=optimizer, minutes=minutes, rate=1e-2)


def learn(run, steps):
    generator = torch.Generator().manual_seed(run.step)
    for _ in range(steps):
        run.next_step(run.net(torch.randn(8, 3, generator=generator)).square().mean())


def test_a_resumed_run_stands_where_the_saved_one_stood(tmp_path):
    first = run_in(tmp_path)
    learn(first, 3)
    first.save({"seed": 1})
    second = run_in(tmp_path, small_net(seed=9))
    assert second.resume()
    assert second.step == 3
    for mine, theirs in ((second.net, first.net), (second.average, first.average)):
        for name, tensor in mine.state_dict().items():
            torch.testing.assert_close(tensor, theirs.state_dict()[name], rtol=0.0, atol=0.0)
    mine, theirs = second.optimizer.state_dict()["state"], first.optimizer.state_dict()["state"]
    assert mine.keys() == theirs.keys()
    for index, state in theirs.items():
        for name, tensor in state.items():
            torch.testing.assert_close(mine[index][name], tensor, rtol=0.0, atol=0.0)


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path):
    assert not run_in(tmp_path).resume()


def test_learning_lowers_the_loss_and_the_average_follows_behind(tmp_path):
    run = run_in(tmp_path)
    start = copy.deepcopy(run.net.state_dict())
    learn(run, 20)
    name = "0.weight"
    moved = (run.net.state_dict()[name] - start[name]).norm()
    followed = (run.average.state_dict()[name] - start[name]).norm()
    assert 0.0 < followed < moved


def test_the_rate_rises_then_falls_to_a_hundredth(tmp_path):
    run = run_in(tmp_path)
    learn(run, 1)
    assert run.optimizer.param_groups[0]["lr"] == pytest.approx(1e-2 / 200, rel=0.01)
    run.step, run.spent_minutes = 1000, 60.0
    learn(run, 1)
    assert run.optimizer.param_groups[0]["lr"] == pytest.approx(1e-4, rel=0.01)
    assert run.progress == 1.0


def test_a_start_takes_what_fits_by_name_and_shape(tmp_path):
    first = run_in(tmp_path / "first")
    learn(first, 3)
    first.save({})
    wider = small_net()
    wider[2] = nn.Linear(4, 7)
    second = run_in(tmp_path / "second", wider)
    second.start_from(tmp_path / "first")
    torch.testing.assert_close(second.net[0].weight, first.average[0].weight)
    assert second.net[2].weight.shape == (7, 4)


def test_a_start_without_anything_in_common_is_refused(tmp_path):
    first = run_in(tmp_path / "first")
    learn(first, 1)
    first.save({})
    with pytest.raises(ValueError, match="in common"):
        run_in(tmp_path / "second", nn.Conv2d(3, 5, 3)).start_from(tmp_path / "first")


def test_weights_of_another_network_are_refused_in_one_line(tmp_path):
    run = run_in(tmp_path)
    learn(run, 1)
    run.save({})
    arrays, _ = read_checkpoint(tmp_path / CHECKPOINT)
    with pytest.raises(ValueError, match="another network") as caught:
        load_weights(small_net(width=5), arrays, "net.")
    assert "\n" not in str(caught.value)


def test_the_log_is_one_line_of_json_each(tmp_path):
    run = run_in(tmp_path)
    run.log(loss=1.5)
    run.step = 7
    run.log(loss=0.25)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [0, 7]
    assert lines[1]["loss"] == 0.25


def test_the_device_of_a_name_is_that_device():
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_run_begins_from_a_shipped_file_and_remembers_what_was_before(tmp_path):
    from toonface.train.export import Form, export_onnx, write_card

    net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)).eval()
    path = tmp_path / "landmarks.onnx"
    export_onnx(net, path, Form(outputs=("map",), example=(1, 3, 8, 8)))
    words = dict.fromkeys(("task", "input", "outputs", "device", "commit", "licence", "quantisation", "limits"), "x")
    facts = {"name": "landmarks", "version": "1", "steps": 7, "pictures": 70, "minutes": 2.5, "seed": 1}
    write_card(path, {**words, **facts, "data": [], "metrics": {}})

    pictures = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    run = run_in(tmp_path / "run", nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)))
    run.begin(path, lambda: pictures)
    with torch.no_grad():
        torch.testing.assert_close(run.average(pictures), net(pictures), atol=2e-3, rtol=2e-3)
    run.save({})
    again = run_in(tmp_path / "run", nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)))
    again.begin(path, lambda: pictures)
    assert again.before == {"steps": 7, "pictures": 70, "minutes": 2.5}
