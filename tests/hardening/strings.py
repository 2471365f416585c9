"""Hostile strings in every place where a report shows a text, in HTML and PDF; and in the files that are adopted.

A string holds in a place if a reader sees it there, with a visible gap for what cannot be seen, and it is nothing but
text: no page has an element, an attribute or an address that a page of harmless strings has not. What is refused in one
line that names its place holds too.
"""

import contextlib
import csv
import io
import json
import os
import re
import sys
import tempfile
import traceback
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from pypdf import PdfReader

from analysis.facts.escape import clean, part_braces
from report.ledger.pdf import pdf_text
from report.tracing.table_pages import LONGEST
from tests.hardening import strings_said
from tests.hardening.corpus import hostile_strings
from tests.hardening.strings_browser import Seen, one_line, visit
from tests.hardening.strings_project import AT_ONCE, write_predictions, write_project
from tests.hardening.trial import Trial

SERIES = "hostile strings"
HARMLESS = (
    "plain",
    "two words",
    "word-word",
    "a longer text of harmless words that stands in a column for itself",
    ":::",  # which an empty span parts, whatever the text is
    "word" * 80,
    " ",  # which a data set has as no text
)
"""Of these strings the twin is made, whose pages tell what elements a page has."""
TITLE = 64
"""Characters up to which the title of a study is its name."""


@dataclass
class Tally:
    """What held and what did not, by class and place."""

    tried: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    failures: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def note(self, group: str, place: str, text: str, problem: str | None) -> None:
        """One string in one place, and what is wrong with it there."""
        self.tried[group, place] += 1
        if problem:
            self.failures[group, place].append(f"{place}: {ascii(text)[:120]}: {problem[:300]}")

    def trials(self) -> Iterator[Trial]:
        """A trial for each class and place."""
        for (group, place), tried in self.tried.items():
            failures = self.failures[group, place]
            yield Trial(f"{SERIES}: {place}", group, tried, tried - len(failures), tuple(failures))


def measure(seed: int) -> Iterator[Trial]:
    """Try every string."""
    yield from measure_some(list(hostile_strings(seed)))


def measure_some(strings: Sequence[tuple[str, str]]) -> Iterator[Trial]:
    """Try these strings, each with its class."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        frozen = [(group, text) for group, text in strings if is_unicode(text)]
        for group, text in strings:
            if not is_unicode(text):
                tally.note(group, "frozen table", text, _refusal_of_table(text))
        adopt_all(tally, folder / "adopted", strings)
        show_all(tally, folder, frozen)
    yield from tally.trials()


def is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold the text."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _refusal_of_table(text: str) -> str | None:
    """What is wrong with how a table refuses a text that UTF-8 cannot hold."""
    from experiments.tables.canonical import encode
    from experiments.tables.columns import text as text_column
    from experiments.tables.errors import TableError

    try:
        encode((text_column("text", "a text"),), ("text",), [{"text": text}], "study/table")
    except TableError as error:
        return None if _is_line(str(error)) else f"not refused in one line: {error}"
    return "frozen"


def _is_line(message: str) -> bool:
    return message.strip().isprintable() and not message.startswith("Traceback: ")


# --- adopted files ---------------------------------------------------------------------------------------------------


def adopt_all(tally: Tally, root: Path, strings: Sequence[tuple[str, str]]) -> None:
    """Adopt all strings as ids and as predictions that are no label; take out each that is refused, by its line."""
    write_project(root, HARMLESS)
    with _inside(root):
        for place in ("id of an adopted file", "cell of an adopted file"):
            _adopt(tally, place, strings)


def _adopt(tally: Tally, place: str, strings: Sequence[tuple[str, str]]) -> None:
    from experiments.adopting.foreign import in_one_line

    as_id = place.startswith("id")
    left = list(strings)
    if not as_id:  # said on the command line, where each that is no text is refused for itself
        left = [(group, text) for group, text in strings if is_unicode(text) and "\0" not in text]
        for group, text in set(strings) - set(left):
            code, said = _adopted([text], as_id)
            tally.note(group, place, text, None if code and _is_line(said) else f"{code}: {said}")
    while left:
        code, said = _adopted([text for _, text in left], as_id)
        if code == 0:
            break
        number = next((n for n, line in enumerate(_lines(left)) if f"predictions.csv:{line}:" in said), None)
        if number is None:
            for group, text in left:
                tally.note(group, place, text, f"no line named: {said}")
            return
        group, text = left.pop(number)
        tally.note(group, place, text, None if _is_line(said) else said)
    kept = _kept(as_id)
    for group, text in left:
        known = (text.strip() if as_id else in_one_line(text.strip())) in kept
        missing = text.strip().lower() in ("", "nan", "<na>")
        tally.note(group, place, text, None if known or missing else "not among the adopted ones")


def _lines(strings: Sequence[tuple[str, str]]) -> Iterator[int]:
    """The lines of the file on which the rows of these strings begin."""
    line = 2
    for _, text in strings:
        yield line
        line += 1 + len(re.findall("\r\n|\r|\n", text))


def _adopted(texts: Sequence[str], as_id: bool) -> tuple[int, str]:
    """Adopt a file with these texts: how the command ended and what it complained of."""
    write_predictions(Path("predictions.csv"), texts, as_id=as_id)
    invalid = [] if as_id else ["--invalid", _cells(texts)]
    return _call("adopt", "predictions.csv", "--study", "hostile", *_MAP, *invalid)


_MAP = ("--map", "id=id,gold=gold,before=before,after=after")


def _cells(texts: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow([text.replace("\n", " ") for text in texts])
    return written.getvalue()


def _kept(as_id: bool) -> set[str]:
    """The texts in the tables that were frozen."""
    from experiments.tables.read import read_table

    table, column = ("examples", "id") if as_id else ("left-out", "cell")
    return {str(row[column]) for row in read_table(f"hostile/{table}", Path("experiments/frozen")).rows}


def _call(*arguments: str) -> tuple[int, str]:
    """Run `experiments` in this process: how it ended and what it complained of."""
    from experiments.cli import main

    out, err = io.StringIO(), io.StringIO()
    given, sys.argv = sys.argv, ["experiments", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as error:
            code = int(error.code or 0)
        except Exception:
            return 1, _last_lines()
        finally:
            sys.argv = given
    return code, err.getvalue().strip()


def _last_lines() -> str:
    """What a traceback ends with."""
    return "Traceback: " + " ".join(traceback.format_exc().strip().splitlines()[-6:])


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder whose project has no setting from outside."""
    before = Path.cwd(), dict(os.environ)
    for name in [name for name in os.environ if name.startswith("COLOPHON_")]:
        del os.environ[name]
    os.environ["COLOPHON_ENGINE"] = "press"
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before[0])
        os.environ.clear()
        os.environ.update(before[1])


# --- pages and PDF ---------------------------------------------------------------------------------------------------


def show_all(tally: Tally, folder: Path, strings: Sequence[tuple[str, str]]) -> None:
    texts = [text for _, text in strings]
    write_project(folder / "twin", HARMLESS)
    write_project(folder / "hostile", texts)
    for name, formats in (("twin", ("html",)), ("hostile", ("html", "pdf"))):
        code, told = _judge(folder / name, HARMLESS if name == "twin" else texts)
        said = [told] if code else _render(folder / name, formats)
        if not (folder / name / "_site" / "index.html").is_file():
            for group, text in strings:
                tally.note(group, "render", text, "\n".join(said))
            return
    site = folder / "hostile" / "_site"
    seen = visit(site, texts)
    known = visit(folder / "twin" / "_site", HARMLESS)
    strange = sorted(seen.shapes - known.shapes)
    for problem in (*seen.complaints, *strange):
        tally.note("all", "pages in a browser", "", problem)
    tally.note("all", "pages in a browser", "", None)
    for place, check in chain(checks(site, seen, texts, said), strings_said.checks(site, seen, texts)):
        for number, (group, text) in enumerate(strings):
            tally.note(group, place, text, check(number, clean(text)))


def _judge(root: Path, texts: Sequence[str]) -> tuple[int, str]:
    """Have everything said by models and judges too: how the command ended and what it complained of."""
    strings_said.write_answers(root, texts, AT_ONCE)
    with _inside(root), strings_said.judged(root, texts) as study:
        os.environ["NO_PROXY"] = "127.0.0.1"
        return _call("run", study, "--profile", "cpu")


def _render(root: Path, formats: tuple[str, ...]) -> list[str]:
    """Render; what was said. A finding of the check of texts does not stop it."""
    from report.rendering.render import render
    from report.rendering.request import Listener, Request

    said: list[str] = []

    class Listening(Listener):
        def say(self, line: str) -> None:
            said.append(line)

    with _inside(root):
        try:
            render(root, Request(engine="press", formats=formats, strict=False), Listening())
        except Exception:
            said.append(_last_lines())
    return [line for line in said if "error" in line.lower() or "Traceback" in line]


Check = Callable[[int, str], str | None]


def checks(site: Path, seen: Seen, texts: Sequence[str], said: Sequence[str]) -> Iterator[tuple[str, Check]]:
    """For each place a function that tells what is wrong with the string of a number there."""

    def in_list(found: Sequence[str], wanted: Callable[[str], str] = str) -> Check:
        def check(number: int, text: str) -> str | None:
            there = found[number] if number < len(found) else None
            return None if there is not None and one_line(there) == one_line(wanted(text)) else f"reads {there!r}"

        return check

    numbers = range(1, len(texts) + 1)
    sentence = {n: f"Text {n:,} reads " for n in numbers}
    yield "cell of a table", in_list(seen.cells)

    def in_example(number: int, text: str) -> str | None:
        there = one_line(seen.examples[number]) if number < len(seen.examples) else ""
        begins = there.removesuffix("…").strip()
        return None if (begins and one_line(text).startswith(begins)) or not text.strip() else f"reads {there!r}"

    yield "text of a data set", in_example
    yield "caption", in_list(seen.captions)

    def cut(text: str) -> str:
        return f"{text[:LONGEST]}…" if len(text) > LONGEST else text

    yield "row of a page of a table", in_list(seen.rows, cut)

    def in_sentence(number: int, text: str) -> str | None:
        wanted = f"{sentence[number + 1]}{text} to its end."
        there = seen.sentences[number] if number < len(seen.sentences) else None
        return None if there is not None and one_line(there) == one_line(wanted) else f"reads {there!r}"

    yield "sentence", in_sentence

    def in_gathered(number: int, text: str) -> str | None:
        wanted = one_line(f"{sentence[number + 1]}{text} to its end.")
        return None if any(one_line(each).startswith(wanted) for each in seen.gathered) else "not in the list of claims"

    yield "list of claims", in_gathered

    def in_heading(number: int, text: str) -> str | None:
        shown = text if text.strip() and len(texts[number]) <= TITLE else f"named-{number + 1}"
        findings = [line for line in said if f"named-{number + 1}.yaml" in line]
        if findings:
            return next((line for line in findings if not _is_line(line)), None)
        return None if any(_is_title(each, shown, number) for each in seen.headings) else "not among the headings"

    yield "title of a study", in_heading

    def in_note(number: int, text: str) -> str | None:
        there = seen.origins[number] if number < len(seen.origins) else ""
        return None if part_braces(one_line(text)) in one_line(there) else f"reads {there!r}"

    yield "note on the origin", in_note

    index = " ".join(one_line(entry["text"]) for entry in seen.index)
    yield "search index", lambda number, text: None if one_line(text) in index else "not in the index"

    alts = " ".join(map(one_line, seen.alts))

    def in_alt(number: int, text: str) -> str | None:
        named = number % AT_ONCE < 5  # of more names than six the first five are told
        return None if not named or part_braces(one_line(text)) in alts else "in no alternative text"

    yield "alternative text", in_alt
    yield "figure", _in_figure(site, texts, said)
    yield "facts.json", _in_facts(site, texts)
    yield "PDF", _in_pdf(site / "report.pdf")


def _is_title(heading: str, text: str, number: int) -> bool:
    shown = one_line(heading).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")  # which titles are set with
    wanted = (one_line(text), one_line(f"{text} (named-{number + 1})"))
    return shown in [each.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for each in wanted]


def _in_figure(site: Path, texts: Sequence[str], said: Sequence[str]) -> Check:
    """A name in a figure is drawn in letters, or by the numbers of its characters."""
    from report.checking.drawings import read_drawing

    drawings = sorted(site.rglob("strings-texts-*.svg"), key=lambda path: int(path.stem.rpartition("-")[2]))
    drawn = [
        tick.text
        for path in drawings
        for tick in read_drawing(path.read_bytes(), path.name).panels["axes-1"].ticks["y"]
    ]
    for blank in [number for number, text in enumerate(texts) if not clean(text).strip()]:
        drawn.insert(blank, "")  # a blank name is no tick
    wrong = [line for line in said if "fig-texts-" in line]

    def check(number: int, text: str) -> str | None:
        there = drawn[number] if number < len(drawn) else ""
        there = re.sub("‹([0-9A-F]+)›", lambda code: chr(int(code[1], 16)), there)
        plain = re.sub("-(?=-)", "- ", text)
        begins, wanted = ("".join(each.split())[:6] for each in (there, plain))
        if begins != wanted and begins.rstrip("…") != wanted[: len(begins.rstrip("…"))]:
            return f"drawn as {drawn[number] if number < len(drawn) else None!r}"
        return next((line for line in wrong if text and text[:20] in line), None)

    return check


def _in_facts(site: Path, texts: Sequence[str]) -> Check:
    facts = json.loads((site / "facts" / "strings.json").read_bytes())["facts"]
    json.loads((site / "facts.json").read_bytes())
    cells = [fact for fact in facts if fact["form"] == "cell" and fact["label"].startswith("tbl-texts-")]
    shown = [fact for fact in cells if fact["how"].startswith("text[")]

    def check(number: int, text: str) -> str | None:
        fact = shown[number]
        return None if (fact["text"], fact["value"]) == (text, texts[number]) else f"listed as {fact['text']!r}"

    return check


def _in_pdf(path: Path) -> Check:
    """The sentence of each string in the text of the PDF. What no font has may be a box there."""
    reader = PdfReader(path)
    text = _joined("".join(_running_text(pdf_text(path))))
    alive = list(_alive(reader))

    def check(number: int, wanted: str) -> str | None:
        if alive:
            return alive[0]
        begin = f"Text{number + 1:,}reads"
        found = [part.split("toitsend.")[0] for part in text.split(begin)[1:]]
        plain = _joined(wanted)
        marked = any(unicodedata.category(character) == "Mn" for character in wanted)
        # Read back, letters with marks upon them are out of order.
        if any(_reads(part, plain) or (marked and part) for part in found):
            return None
        return f"reads {found[:1]!r}"

    return check


def _running_text(pages: Sequence[str]) -> Iterator[str]:
    """The pages without what stands on many of them, at head and foot: a long string may go on from page to page."""
    lines = [[(line, re.sub(r"\d+", "0", line)) for line in page.splitlines()] for page in pages]
    on_pages = Counter(same for page in lines for same in {same for _, same in page})
    for page in lines:
        yield "\n".join(line for line, same in page if on_pages[same] <= len(pages) / 4) + "\n"


def _joined(text: str) -> str:
    """Without white space, hyphens at the ends of lines, marks upon letters, and forms of letters."""
    plain = unicodedata.normalize("NFKC", text)
    bare = "".join(character for character in plain if unicodedata.category(character) not in ("Mn", "Cc", "Cf"))
    return re.sub("[\\s\u2010-]", "", bare)


def _reads(found: str, wanted: str) -> bool:
    """Whether the PDF has the ASCII characters in order, and something in the place of others.

    In a line that is read from the right, pieces from the left stand in another order.
    """
    ascii_found, ascii_wanted = ("".join(filter(str.isascii, each)) for each in (found, wanted))
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in wanted):
        return not Counter(ascii_wanted) - Counter(ascii_found)
    return ascii_found.startswith(ascii_wanted) and (wanted.isascii() or len(found) > 0 or not wanted)


def _alive(reader: PdfReader) -> Iterator[str]:
    """What of a PDF does more than lie there."""
    catalog = reader.trailer["/Root"]
    for name in ("/OpenAction", "/AA", "/AcroForm"):
        if name in catalog:
            yield f"the PDF has {name}"
    for name in ("/JavaScript", "/EmbeddedFiles"):
        if name in (catalog.get("/Names") or {}):
            yield f"the PDF has {name}"
    for page in reader.pages:
        for each in page.get("/Annots") or ():
            action = each.get_object().get("/A") or {}
            if action and (action.get_object().get("/S") not in ("/GoTo",)):
                yield f"the PDF has a link {action}"
