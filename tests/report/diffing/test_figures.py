"""Pictures are compared by their pixels."""

from pathlib import Path

from report.diffing.compare import Comparison
from report.diffing.figures import Picture, Pictures, compare_figures, read_figures
from report.diffing.model import Changes, Compared, FigureChange
from report.diffing.page import write_page


def svg(*rectangles: str, comment: str = "", width: int = 40) -> bytes:
    """A drawing of 40 by 20 pixels."""
    inside = f"<!-- {comment} -->{''.join(rectangles)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20">{inside}</svg>'.encode()


def square(x: int, colour: str = "black") -> str:
    return f'<rect x="{x}" y="5" width="10" height="10" fill="{colour}" shape-rendering="crispEdges"/>'


def compared(old: bytes | None, new: bytes | None, file: str = "a.svg") -> list[tuple[FigureChange, Pictures]]:
    sides = [{} if content is None else {"fig-a": Picture(file, content)} for content in (old, new)]
    return list(compare_figures("index.html", *sides))


def test_pixels_that_differ_are_counted():
    ((change, pictures),) = compared(svg(square(0)), svg(square(20)))
    assert (change.pixels, change.differing) == (800, 200)
    assert change.difference == 0.25
    assert pictures.where
    ((paler, _),) = compared(svg(square(0)), svg(square(0, "#808080")))
    assert paler.differing == 100
    assert 0 < paler.difference < change.difference


def test_another_file_of_the_same_picture_has_not_changed():
    assert compared(svg(square(0)), svg(square(0), comment="drawn again")) == []


def test_the_larger_of_two_sizes_is_compared():
    ((change, _),) = compared(svg(square(0)), svg(square(0), square(40), width=60))
    assert (change.pixels, change.differing) == (1200, 100)


def test_what_came_went_or_cannot_be_drawn_is_told():
    ((came, _),) = compared(None, svg())
    ((went, _),) = compared(svg(), None)
    assert (came.change, went.change, came.pixels) == ("added", "removed", None)
    ((broken, _),) = compared(svg(), b"<svg", "a.svg")
    ((foreign, _),) = compared(b"1", b"2", "a.tiff")
    assert all(each.note and each.change == "changed" for each in (broken, foreign))


def test_the_figures_of_a_page_go_by_their_labels(tmp_path: Path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "outside.svg").write_bytes(svg())
    for name in "ab":
        (tmp_path / "site" / f"{name} 1.svg").write_bytes(svg())
    (tmp_path / "site" / "page.html").write_text(
        '<html><body><main><figure id="fig-x"><img src="a%201.svg"><img src="b%201.svg"></figure><img src="a%201.svg">'
        '<img src="https://example.org/a.svg"><img src="../outside.svg"><img src="none.svg"><img></main></body></html>'
    )
    found = read_figures(tmp_path / "site", "page.html")
    assert {name: each.file for name, each in found.items()} == {
        "fig-x": "a 1.svg",
        "fig-x (2)": "b 1.svg",
        "a 1.svg": "a 1.svg",
    }


def test_both_pictures_stand_side_by_side_in_the_page():
    ((change, pictures),) = compared(svg(square(0)), svg(square(20)))
    side = Compared(name="x", what="x", version=None, commit=None, holds=())
    page = write_page(Comparison(Changes(before=side, after=side, figures=(change,)), [pictures]), "T")
    assert page.count("data:image/svg+xml;base64,") == 2
    assert page.count("data:image/png;base64,") == 1
