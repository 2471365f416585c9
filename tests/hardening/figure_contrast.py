"""The contrast of the texts in a figure with what is drawn behind them, as a browser shows it on either paper."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from tenacity import retry, retry_if_exception_message, stop_after_attempt

PAPER = {"light": "#ffffff", "dark": "#14181f"}
ENOUGH = 4.5
_TEXTS = """() => [...document.querySelectorAll("svg g[id^=text_]")].map((text) => {
  const at = text.getBoundingClientRect();
  const inked = text.querySelector("use, path") ?? text;
  return { ink: getComputedStyle(inked).fill, left: at.left, top: at.top, right: at.right, bottom: at.bottom };
})"""
_HIDE = "document.head.insertAdjacentHTML('beforeend', '<style>svg g[id^=text_] { visibility: hidden }</style>')"


def contrasts(page: Any, figure: Path, scheme: str) -> Iterator[float]:
    """The contrast of each text of an SVG with the colour that most of its place has without it."""
    page.emulate_media(color_scheme=scheme)
    style = f"body {{ margin: 0; background: {PAPER[scheme]} }} svg {{ display: block }}"
    page.set_content(f"<style>{style}</style>{figure.read_text('utf-8').partition('?>')[2]}")
    texts = page.evaluate(_TEXTS)
    page.evaluate(_HIDE)
    with Image.open(io.BytesIO(_photograph(page))) as picture:
        behind = picture.convert("RGB")
        for text in texts:
            box = [max(0, round(text[side])) for side in ("left", "top", "right", "bottom")]
            if box[2] > box[0] and box[3] > box[1]:
                most, _ = Counter(behind.crop(box).getdata()).most_common(1)[0]
                yield _contrast(_channels(text["ink"]), most)


@retry(
    retry=retry_if_exception_message(match=".*Unable to capture screenshot"), stop=stop_after_attempt(3), reraise=True
)
def _photograph(page: Any) -> bytes:
    """The page as a PNG. A Chromium that has no time now and then says that it cannot, and can the next time."""
    return page.screenshot(full_page=True)


def _channels(colour: str) -> tuple[int, ...]:
    """The channels of a colour as a browser writes it, "rgb(1, 2, 3)"."""
    return tuple(int(float(part)) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(channels: tuple[int, ...]) -> float:
    """The relative luminance of WCAG."""
    shares = (value / 255 for value in channels)
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
