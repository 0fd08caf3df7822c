"""Materials."""

from toonface.geometry.asset import EncodedPicture
from toonface.stages.avatar.look import eye_material, hair_material, inside_material, skin_material, strand_material

PICTURE = EncodedPicture(data=b"1", media_type="image/png")


def test_eyes_are_the_glossiest_and_the_dark_mouth_shines_least():
    eye, skin, inside = eye_material("eye", PICTURE), skin_material(PICTURE), inside_material(PICTURE)
    assert eye.roughness < skin.roughness < inside.roughness and inside.specular < skin.specular < eye.specular


def test_sheets_of_hair_are_cut_and_thin_strands_fade_out():
    assert hair_material(PICTURE).alpha == "mask" and strand_material("brows", PICTURE).alpha == "blend"
    assert hair_material(PICTURE).double_sided and strand_material("brows", PICTURE).double_sided
