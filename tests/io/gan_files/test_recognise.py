import numpy as np
import pytest
import torch
from tests.stylegan_files import evaluated, latents, nvidia_arrays, write_nvidia, write_rosinality

from toonface.io.checkpoints import write_checkpoint
from toonface.io.gan_files import read_generator


@pytest.fixture(scope="module")
def arrays():
    return nvidia_arrays()


def same_pictures(generator, arrays):
    torch.testing.assert_close(generator(latents()), evaluated(arrays, latents()), rtol=1e-4, atol=1e-4)


def test_a_pkl_of_nvidia_makes_the_pictures_that_its_arrays_say(tmp_path, arrays):
    write_nvidia(tmp_path / "network.pkl", arrays)
    generator = read_generator(tmp_path / "network.pkl")
    same_pictures(generator, arrays)
    assert torch.equal(generator.mapping.w_mean, arrays["mapping.w_avg"])
    assert not any(parameter.requires_grad for parameter in generator.parameters())


def test_a_pt_of_rosinality_makes_the_same_pictures(tmp_path, arrays):
    write_rosinality(tmp_path / "network.pt", arrays, mean=True)
    generator = read_generator(tmp_path / "network.pt")
    same_pictures(generator, arrays)
    assert torch.equal(generator.mapping.w_mean, arrays["mapping.w_avg"])


def test_a_missing_mean_style_is_that_of_many_latents(tmp_path, arrays):
    write_rosinality(tmp_path / "network.pt", arrays, mean=False)
    generator = read_generator(tmp_path / "network.pt")
    styles = generator.mapping(torch.randn(4096, 7, generator=torch.Generator().manual_seed(3)))
    torch.testing.assert_close(generator.mapping.w_mean, styles.mean(dim=0), rtol=0.0, atol=0.1 * float(styles.std()))


def test_our_own_checkpoint_gives_back_the_averaged_generator(tmp_path, arrays):
    write_nvidia(tmp_path / "network.pkl", arrays)
    before = read_generator(tmp_path / "network.pkl").state_dict()
    stored = {f"average.{name}": array.numpy() for name, array in before.items()}
    write_checkpoint(tmp_path / "checkpoint.npz", stored, {"kind": "stylegan2"})
    after = read_generator(tmp_path).state_dict()
    assert all(torch.equal(after[name], array) for name, array in before.items())


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    write_checkpoint(tmp_path / "checkpoint.npz", {"a": np.zeros(2)}, {"step": 1})
    with pytest.raises(ValueError, match="no checkpoint of toonface train stylegan"):
        read_generator(tmp_path)


def test_a_file_of_unknown_kind_or_a_missing_one_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"ends in '\.h5', expected"):
        read_generator(tmp_path / "network.h5")
    for name in ("network.pkl", "network.pt", "network.npz"):
        with pytest.raises(ValueError, match=f"{name} is not a readable generator"):
            read_generator(tmp_path / name)


def test_a_pt_that_would_run_code_is_refused_and_runs_none(tmp_path):
    class Harmful:
        def __reduce__(self):
            return (tmp_path / "ran").touch, ()

    torch.save({"g_ema": Harmful()}, tmp_path / "network.pt")
    with pytest.raises(ValueError, match="not a readable generator"):
        read_generator(tmp_path / "network.pt")
    assert not (tmp_path / "ran").exists()


def test_a_damaged_pt_is_refused(tmp_path, arrays):
    write_rosinality(tmp_path / "network.pt", arrays, mean=True)
    content = (tmp_path / "network.pt").read_bytes()
    (tmp_path / "network.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="not a readable generator"):
        read_generator(tmp_path / "network.pt")
