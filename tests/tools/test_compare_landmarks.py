"""Laws of comparing landmark runs: each is put to the same faces, and the one that knows more has the smaller error."""

import numpy as np
import pytest
import torch
from tests.train.test_landmarks import config_for, samples  # noqa: F401 - a fixture
from tools.compare_landmarks import compare

from toonface.io.sample_cache import unpack_shards
from toonface.train.landmarks import main


def test_runs_stand_below_each_other_with_the_errors_of_every_kind(samples):  # noqa: F811
    torch.manual_seed(0)
    one = config_for(samples)
    main(one, lambda text: None)
    cache = unpack_shards(samples)
    head, _, first, second = compare([one.out, one.out], cache, []).splitlines()
    assert head == "| run | crops | photo | toon |"
    assert first == second
    name, crops, photo, toon = (cell.strip() for cell in first.strip("|").split("|"))
    assert name == "run" and int(crops) >= one.batch
    assert np.isfinite([float(photo), float(toon)]).all()


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(ValueError, match="checkpoint"):
        compare([tmp_path], None, [])
