"""Laws of shards: what was written is read, the bytes tell only the samples, and no damage goes unseen."""

import tarfile
from io import BytesIO

import numpy as np
import pytest
from tests.fake_renderer import FakeRenderer

from toonface.io.shards import read_shard, shard_writer

SIZE = 16
PAIR = ("photo", "toon")


def samples_of(count, styles=PAIR):
    return {index: FakeRenderer().sample(7, index, styles, SIZE) for index in range(40, 40 + count)}


def write(path, samples, maps=True):
    with shard_writer(path, maps=maps) as add:
        for index, styles in samples.items():
            add(index, styles)
    return path


@pytest.fixture
def shard(tmp_path):
    return write(tmp_path / "shard-000000.tar", samples_of(3))


@pytest.mark.parametrize("styles", [("photo",), ("toon",), PAIR])
def test_all_samples_come_back_in_order(tmp_path, styles):
    samples = samples_of(3, styles)
    found = list(read_shard(write(tmp_path / "a.tar", samples)))
    assert [tuple(sample) for sample in found] == [styles] * 3
    for there, wanted in zip(found, samples.values(), strict=True):
        for style in styles:
            np.testing.assert_array_equal(there[style].picture, wanted[style].picture)
            np.testing.assert_array_equal(there[style].labels.parsing, wanted[style].labels.parsing)
            np.testing.assert_array_equal(there[style].labels.coefficients, wanted[style].labels.coefficients)


def test_maps_are_left_out_on_wish(tmp_path):
    (sample,) = read_shard(write(tmp_path / "a.tar", samples_of(1), maps=False))
    assert sample["toon"].labels.depth is None


def test_members_are_named_by_sample_style_and_ending_in_order(shard):
    with tarfile.open(shard) as archive:
        names = archive.getnames()
    endings = ["albedo.png", "depth.png", "json", "normals.png", "parsing.png", "png"]
    assert names == [f"{index:08}.{style}.{end}" for index in (40, 41, 42) for style in PAIR for end in endings]


def test_the_bytes_do_not_tell_when_or_by_whom(shard, tmp_path):
    with tarfile.open(shard) as archive:
        facts = {(m.mtime, m.uid, m.gid, m.uname, m.gname, m.mode) for m in archive}
    assert facts == {(0, 0, 0, "", "", 0o644)}
    again = write(tmp_path / "other.tar", samples_of(3))
    assert again.read_bytes() == shard.read_bytes()


def test_a_fault_in_the_middle_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), shard_writer(tmp_path / "a.tar", maps=True) as add:
        add(40, samples_of(1)[40])
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_that_names_the_shard_and_leaves_nothing(tmp_path, monkeypatch):
    added = tarfile.TarFile.addfile

    def addfile(archive, member, file):
        if ".toon." in member.name:
            raise OSError(28, "No space left on device")
        added(archive, member, file)

    monkeypatch.setattr(tarfile.TarFile, "addfile", addfile)
    with pytest.raises(OSError, match=r"^cannot write .*a\.tar: No space left on device$"):
        write(tmp_path / "a.tar", samples_of(1))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(OSError, match=r"cannot write .*gone/a\.tar: No such file"):
        write(tmp_path / "gone" / "a.tar", samples_of(1))


@pytest.mark.parametrize("kept", [0, 1, 511, 512, 700, 2000, 0.3, 0.7, -10240])
def test_a_truncated_shard_is_refused_by_name(shard, kept):
    data = shard.read_bytes()
    shard.write_bytes(data[: int(kept * len(data)) if isinstance(kept, float) else kept])
    with pytest.raises(ValueError, match=r"shard-000000\.tar is not a readable shard \([^\n]+\)$"):
        list(read_shard(shard))


def test_a_shard_that_lacks_its_last_samples_is_refused(shard):
    with tarfile.open(shard) as archive:
        cut = archive.getmember("00000042.photo.albedo.png").offset
    shard.write_bytes(shard.read_bytes()[:cut])
    with pytest.raises(ValueError, match="truncated"):
        list(read_shard(shard))


@pytest.mark.parametrize("member", ["00000041.photo.png", "00000041.toon.depth.png"])
@pytest.mark.parametrize("place", [-300, 40])
def test_a_changed_byte_in_header_or_picture_is_refused(shard, member, place):
    with tarfile.open(shard) as archive:
        start = archive.getmember(member).offset_data
    data = bytearray(shard.read_bytes())
    data[start + place] ^= 0x10
    shard.write_bytes(data)
    with pytest.raises(ValueError, match=r"shard-000000\.tar is not a readable shard"):
        list(read_shard(shard))


def archive_of(path, members):
    with tarfile.open(path, "w") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, BytesIO(data))
    return path


def link():
    member = tarfile.TarInfo("00000000.photo.png")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member, b""


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([(tarfile.TarInfo("readme.txt"), b"")], "no number of 8 digits"),
        ([(tarfile.TarInfo("../../00000000.photo.png"), b"")], "no number of 8 digits"),
        ([(tarfile.TarInfo("00000000.sketch.png"), b"")], "styles"),
        ([(tarfile.TarInfo("00000000"), b"")], "styles"),
        ([(tarfile.TarInfo("00000000.photo.png"), b"")], "sample 00000000: the sample has the files"),
        ([link()], "no plain file"),
    ],
)
def test_a_tar_file_of_other_things_is_refused(tmp_path, members, reason):
    with pytest.raises(ValueError, match=rf"a\.tar is not a readable shard .*{reason}"):
        list(read_shard(archive_of(tmp_path / "a.tar", members)))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r"gone\.tar is not a readable shard \(No such file"):
        list(read_shard(tmp_path / "gone.tar"))
