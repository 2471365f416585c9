"""Pages with other scripts or emoji bring the glyphs along, and other pages load nothing for it."""

from pathlib import Path

import pytest

from report.tracing.fonts import STYLE, embed_fonts
from tests.browser import CHROMIUM, chromium

PAGE = (
    "<html><head><meta charset='utf-8'><link rel='stylesheet' href='house.css'>\n</head><body><p>{}</p></body></html>"
)
HOUSE = 'p { font-family: Georgia, "Colophon Scripts", serif; }'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "hindi.html").write_text(PAGE.format("ओपनहाथी 👨\u200d👩\u200d👧"), "utf-8")
    (tmp_path / "latin.html").write_text(PAGE.format("naïve ≥ 3 → 4"), "utf-8")
    for folder in (tmp_path, tmp_path / "report"):
        (folder / "house.css").write_text(HOUSE)
    embed_fonts(tmp_path)
    return tmp_path


def test_only_pages_that_need_fonts_link_them(site: Path) -> None:
    assert f'href="../{STYLE}"' in (site / "report" / "hindi.html").read_text("utf-8")
    assert STYLE not in (site / "latin.html").read_text("utf-8")


def test_again_nothing_changes(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*.*")}
    embed_fonts(site)
    assert {path: path.read_bytes() for path in site.rglob("*.*")} == before


def test_a_site_without_such_text_has_no_style_for_it(site: Path) -> None:
    (site / "report" / "hindi.html").unlink()
    embed_fonts(site)
    assert not (site / STYLE).exists()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
def test_a_browser_takes_the_glyphs_from_there(site: Path) -> None:
    pytest.importorskip("playwright")
    with chromium() as browser:
        page = browser.new_page()
        page.goto((site / "report" / "hindi.html").as_uri())
        page.evaluate("document.fonts.ready")
        tools = page.context.new_cdp_session(page)
        tools.send("DOM.enable")
        tools.send("CSS.enable")
        root = tools.send("DOM.getDocument")["root"]["nodeId"]
        text = tools.send("DOM.querySelector", {"nodeId": root, "selector": "p"})["nodeId"]
        used = tools.send("CSS.getPlatformFontsForNode", {"nodeId": text})["fonts"]
    brought = {font["familyName"] for font in used if font["isCustomFont"]}
    assert any("Devanagari" in name for name in brought)
    assert any("Emoji" in name for name in brought)
