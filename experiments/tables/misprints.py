"""What to write in the place of a print that is no figure: one clause for each form that is met."""

import re

_FORMS = (
    (r"[^\w]*", "where nothing is printed, write null"),
    (r".*[0-9].*\(\s*[0-9.,·]+\s*%?\s*\)", "brackets may hold a spread, a share or a second score: write the number "
     "alone, a standard deviation as sd or behind ±, and what else there is as a figure of its own"),
    (r".*[0-9].*(?:[(\[{].*[,;–-].*[)\]}]|\bCI\b.*)", "an interval is two figures: write the number alone"),
    (r"\(.*[0-9].*\)", "brackets may mean less than nothing, or a remark: write the number with its sign alone"),
    (r".*[0-9]\s*[×xX·*]\s*10[0-9]*", "write a power of ten with its mark, as in 2x10^5, and a product as the number "
     "that it is"),
    (r"10[-−–+][0-9]+", "write a power of ten as 10^-5; a range has the unit text"),
    (r"—\s*[0-9].*", "a long dash may stand for nothing: write a minus as -"),
    (r"(?i:nearly|almost|some|just|well|slightly|close).*[0-9].*", "write ~ for about, < for less and > for more"),
    (r"[0-9]+ +[0-9]+/[0-9]+.*", "write a mixed number as a decimal"),
    (r"[0-9].*[0-9]\s*(?:[-–—]|\bto\b|\band\b|:|[a-z]+).*[0-9].*|[0-9]\s*(?:[-–—]|\bto\b|\band\b|:|[a-z]+)\s*[0-9].*",
     "what is no single number, such as a range, has the unit text"),
    (r"[0-9.,' ’]+", "write groups of three digits, 1,234,567, and decimals as 0.85"),
    (r"[^0-9]*", "a setting in words has the unit text; where nothing is printed, write null"),
)  # fmt: skip


def advice(printed: str) -> str:
    """What to write instead, as the end of a line."""
    text = printed.strip()[:60]  # what is longer is no figure anyway, and the forms take long on it
    for form, said in _FORMS:
        if re.fullmatch(form, text):
            return f"; {said}"
    return "; write the number alone, as in 85.2 or 5.6 million; what is no number has the unit text"
