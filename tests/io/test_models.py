"""Laws of loading: what is loaded makes avatars, and the package's front door leads here."""

import pytest

import toonface
from toonface.io.models import NETWORKS, load_models
from toonface.pipeline.avatars import create_avatar


def test_the_front_door_leads_to_the_pipeline():
    assert toonface.create_avatar is create_avatar
    assert toonface.load_models is load_models


def test_another_name_is_an_ordinary_fault():
    with pytest.raises(AttributeError, match="no attribute 'create_statue'"):
        toonface.create_statue  # noqa: B018


def test_a_folder_without_networks_is_told(tmp_path):
    with pytest.raises(ValueError, match="cannot read"):
        load_models(tmp_path)


def test_all_networks_of_the_pipeline_are_loaded():
    assert {"detector", "landmarks", "parser", "coarse", "stylizer"} <= set(NETWORKS)
