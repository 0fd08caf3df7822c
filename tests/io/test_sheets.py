import numpy as np
import pytest

from toonface.io.sheets import contact_sheet


def pictures(count, height=30, width=40, label=""):
    shades = 10 + 20 * np.arange(count, dtype=np.uint8)
    return [(label, np.full((height, width, 3), shade, np.uint8)) for shade in shades]


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (5, 2), (6, 3), (3, 5), (7, 1)])
def test_picture_k_lies_in_its_cell_row_by_row(count, columns):
    page = contact_sheet(pictures(count), columns)
    assert page.dtype == np.uint8
    assert page.shape == (-(-count // columns) * 30, columns * 40, 3)
    for number in range(count):
        top, left = number // columns * 30, number % columns * 40
        assert (page[top : top + 30, left : left + 40] == 10 + 20 * number).all()


def test_cells_without_a_picture_show_the_page():
    page = contact_sheet(pictures(3), 2)
    assert len(np.unique(page[30:, 40:].reshape(-1, 3), axis=0)) == 1


def test_a_label_is_written_into_its_own_picture_only():
    made = pictures(4, height=60, width=90)
    made[2] = ("smile", made[2][1])
    page, plain = contact_sheet(made, 2), contact_sheet(pictures(4, height=60, width=90), 2)
    changed = (page != plain).any(axis=2)
    assert changed[60:, :90].any()
    changed[60:, :90] = False
    assert not changed.any()


def test_pictures_are_not_changed():
    made = pictures(2, label="name")
    before = [picture.copy() for _, picture in made]
    contact_sheet(made, 2)
    for (_, picture), old in zip(made, before, strict=True):
        np.testing.assert_array_equal(picture, old)


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match=r"\(20, 40, 3\).*\(30, 40, 3\).*expected one size"):
        contact_sheet([*pictures(2), *pictures(1, height=20)], 2)


def test_no_pictures_are_refused():
    with pytest.raises(ValueError, match="at least one picture"):
        contact_sheet([], 2)
