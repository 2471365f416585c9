"""Lists over all chapters, filled into the pages that have a place for them once all chapters were rendered.

A chapter says where with an empty div: `::: {.gathered-claims}` for the claims of all chapters, and
`::: {.gathered-silenced}` for what was silenced by `[…]{.unchecked reason="…"}`. What stands in the div is replaced; it
is what a reader of an unfinished page sees. In the PDF Typst gathers the same (`_extensions/colophon/blocks.typ`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape

from report.ledger.model import Claim, Fact, Relation, Side, SiteFacts
from report.ledger.same import Same
from report.tracing.elements import Element, elements, link_to, moved, text_of
from report.tracing.rows import Referred
from report.tracing.sentences import sentence_around

CLAIMS, SILENCED = "gathered-claims", "gathered-silenced"
OF_AUDIT = "audit."
"""What the names of the audit's findings begin with: they are claims about what others printed, and have a page."""
MOST_TABLES = 4
"""Tables that are named beside one sentence."""
MOST_TESTS = 3
"""Comparisons that are shown beside one sentence; the others are folded away."""
_HEADING = re.compile(r"<h1\b(?P<attributes>[^>]*)>(?P<text>.*?)</h1>", re.DOTALL)
_CHAPTER_HEADING = re.compile(r'<h3 id="([^"]+)"[^>]*>(.*?)</h3>')
_TITLE = "chapter-title"
_APPENDIX = re.compile(
    r'<span class="chapter-number">([A-Z])</span>(?:&nbsp;|\s)*<span class="chapter-title">(.*?)</span>'
)
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TAG = re.compile(r"<[a-z][^<>]*>")
_KIND_MARK = re.compile(r'<span class="kind-mark">.*?</span>', re.DOTALL)
_NEGATED = re.compile(r"^(?:(largest|smallest) of (\d+): )?−(?=\w+\[[^\]]*\]$)")
_OF_ONE = re.compile(r"^(?:largest|smallest) of 1: ")
_OWN_CLAIM = re.compile(r'(?<=\sdata-claim=")[^"]*(?=")')
_FACT = re.compile(r'\sdata-fact="([^"]*)"')
_CODE = re.compile(r'(?<!class="to-table">)<code>([a-z0-9-]+/[a-z0-9-]+)</code>')
# A page's table of contents, in which headings that were filled in later get their place.
_MARK = "data-gathered"
_GATHERED_LIST = re.compile(rf"<(ol|ul)\b[^>]* {_MARK}>.*?</\1>", re.DOTALL)
_SECTION = re.compile(r"<(?:h2|section)\b[^>]*?\sid=\"([^\"]+)\"")


@dataclass(frozen=True)
class Site:
    """The rendered pages with what is known of them. `pages` goes by the place of the page below the site's root."""

    facts: SiteFacts
    pages: Mapping[str, str]
    chapters: Mapping[str, str]
    """The page of each chapter, by the name under which its facts and claims are listed."""
    tables: Mapping[str, Referred]


def complete_pages(site: Site) -> dict[str, str]:
    """The pages that change: with anchors at their claims, links at the names of tables, and the lists filled in."""
    anchored = {href: _prepared(page) for href, page in site.pages.items()}
    whole = Site(site.facts, anchored, site.chapters, site.tables)
    lists: dict[str, Callable[[Site, str], str]] = {CLAIMS: _claims, SILENCED: _silenced}
    done = {}
    for href, page in anchored.items():
        full = _filled(page, lambda name, href=href: lists[name](whole, href))
        full = _listed(full)
        linked = _CODE.sub(lambda found, href=href: _linked(site, href, found), full)
        if linked != site.pages[href]:
            done[href] = linked
    return done


@lru_cache(maxsize=64)
def _prepared(page: str) -> str:
    """The page with anchors and empty lists, once for a preview in which most pages stay as they are."""
    return _anchored(_filled(_empty_contents(page), lambda name: ""))


def _filled(page: str, write: Callable[[str], str]) -> str:
    """The page with the inside of each list written anew."""
    for name in (CLAIMS, SILENCED):
        for element in reversed(list(elements(page, name))):
            page = f"{page[: element.inside]}{write(name)}{page[element.after :]}"
    return page


def _listed(page: str) -> str:
    """The page with the headings of its list of claims in its table of contents."""
    for element in elements(page, CLAIMS):
        headings = _CHAPTER_HEADING.findall(page[element.inside : element.after])
        page = _add_to_contents(page, element.start, headings)
    return page


def _anchored(page: str) -> str:
    """The page with an identifier at each claim and each silenced finding that has none."""
    found = [(each, f"claim-{each.attributes['data-claim']}") for each in elements(page, "data-claim")]
    found += [(each, f"unchecked-{number}") for number, each in enumerate(_unchecked(page), start=1)]
    for element, identifier in sorted(found, key=lambda each: -each[0].start):
        if "id" not in element.attributes:
            place = element.start + 1 + len(element.name)
            page = f'{page[:place]} id="{escape(identifier)}"{page[place:]}'
    return page


def _unchecked(page: str) -> list[Element]:
    return list(elements(page, "unchecked"))


def _linked(site: Site, href: str, found: re.Match[str]) -> str:
    """The name of a table with a link to its page."""
    if found[1] not in site.tables:
        return found[0]
    return f'<a href="{link_to(site.tables[found[1]].href, href)}" class="to-table">{found[0]}</a>'


def _title(page: str) -> str:
    """What the chapter is called; the first page of the book may have the title of the book above it."""
    headings = list(_HEADING.finditer(page))
    own = [each for each in headings if _TITLE in each["text"]]
    own += [each for each in headings if 'class="title"' not in each["attributes"]]
    for heading in own or headings:
        text = heading["text"]
        title = text_of(next((text[each.inside : each.after] for each in elements(text, _TITLE)), text))
        return _without_letter(title, page)
    return ""


def _without_letter(title: str, page: str) -> str:
    """The title of an appendix alone: its page by Quarto is headed "Appendix D — Title"; menus set the two apart."""
    for letter, listed in _APPENDIX.findall(page):
        if re.fullmatch(rf".* {letter}\W+{re.escape(text_of(listed))}", title):
            return text_of(listed)
    return title


# --- claims ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page, from `start` to `end` in its HTML, with the claims of one verdict that stand in it."""

    start: int
    end: int
    anchor: str
    claims: tuple[Claim, ...]

    @property
    def relations(self) -> list[Relation]:
        """The comparisons that all of its claims rest on."""
        return [each for claim in self.claims for each in claim.relations]


@dataclass(frozen=True)
class Row:
    """A sentence of the list, its text without marks, and where other chapters say the same."""

    href: str
    sentence: Sentence
    text: str
    again: list["Row"] = field(default_factory=list)

    def says(self, other: "Row") -> bool:
        """Whether both are the same sentence, of other pages; one may have a label before it ("Movies: …")."""
        return self.href != other.href and (self.text.endswith(other.text) or other.text.endswith(self.text))


def _claims(site: Site, here: str) -> str:
    """The claims of all chapters but the one that lists them, chapter by chapter."""
    parts = []
    listed = _every_row(site, here)
    by_id = {fact.id: fact for fact in site.facts.facts}
    for chapter, href in site.chapters.items():
        rows = [_row(site, here, row, by_id) for row in listed if row.href == href]
        if rows:
            name = f"gathered-{re.sub(r'[^a-z0-9]+', '-', chapter)}"
            parts.append(
                f'<h3 id="{name}" class="unnumbered">{escape(_title(site.pages[href]) or chapter)}</h3>\n'
                f'<div class="scrolled" role="region" aria-labelledby="{name}" tabindex="0">\n'
                '<table class="gathered table">\n'
                '<thead><tr><th scope="col">Verdict</th><th scope="col">Sentence</th><th scope="col">Test</th>'
                f'<th scope="col">Tables</th></tr></thead>\n<tbody>\n{"".join(rows)}</tbody>\n</table>\n</div>\n'
            )
    return "\n".join(["", *parts]) if parts else "\n<p>No chapter makes a claim yet.</p>\n"


def _every_row(site: Site, here: str) -> list[Row]:
    """A row for each sentence; one that another chapter says again is listed once, with the other places."""
    rows: list[Row] = []
    same: dict[tuple[str, ...], list[Row]] = {}
    for chapter, href in site.chapters.items():
        claims = [
            claim for claim in site.facts.claims if claim.chapter == chapter and not claim.id.startswith(OF_AUDIT)
        ]
        if href == here or href not in site.pages or not claims:
            continue
        for sentence in _sentences(site.pages[href], Same(claims)):
            row = Row(href, sentence, text_of(_KIND_MARK.sub("", site.pages[href][sentence.start : sentence.end])))
            alike = same.setdefault((sentence.claims[0].verdict, *map(_relation, sentence.relations)), [])
            first = next((each for each in alike if sentence.relations and each.says(row)), None)
            if first is None:
                alike.append(row)
                rows.append(row)
            else:
                first.again.append(row)
    return rows


@lru_cache(maxsize=64)
def _sentences(page: str, claims: Same[Claim]) -> list[Sentence]:
    """The sentences that the claims stand in; claims of one sentence and one verdict are told together."""
    by_id = {claim.id: claim for claim in claims.objects}
    found: list[Sentence] = []
    for element in elements(page, "data-claim"):
        claim = by_id.pop(element.attributes["data-claim"], None)
        if claim is None:
            continue
        start, end = sentence_around(page, element)
        last = next((each for each in found if each.end > start and each.claims[0].verdict == claim.verdict), None)
        if last is None:
            found.append(Sentence(start, end, element.attributes.get("id", f"claim-{claim.id}"), (claim,)))
        else:
            both = Sentence(min(last.start, start), max(last.end, end), last.anchor, (*last.claims, claim))
            found[found.index(last)] = both
    # What is said twice of the same comparisons is listed once.
    said = {(text_of(page[each.start : each.end]), *map(_relation, each.relations)): each for each in reversed(found)}
    return list(reversed(said.values()))


def _row(site: Site, here: str, row: Row, facts: Mapping[str, Fact]) -> str:
    there, sentence = row.href, row.sentence
    first = sentence.claims[0]
    page, chapter = site.pages[there], escape(first.chapter)
    words = moved(page[sentence.start : sentence.end].strip(), there, here)
    words = _TAG.sub(lambda tag: _OWN_CLAIM.sub(lambda name: f"{chapter}/{name[0]}", tag[0]), words)
    anchor = f"{link_to(there, here)}#{sentence.anchor}"
    tests = list(dict.fromkeys(map(_relation, sentence.relations)))
    counted = [facts[name].how for claim in sentence.claims for name in claim.facts if name in facts]
    decided_by = [_breakable(escape(how)) for how in dict.fromkeys(counted)]
    # Those of the whole sentence, since a claim may be a part of it that shows no value, and those that are compared.
    shown = [facts[name] for name in _FACT.findall(words) if name in facts]
    named = [origin.table for fact in shown for origin in fact.origins]
    sides = [side for relation in sentence.relations for side in (relation.left, relation.right)]
    tables = list(dict.fromkeys([*named, *(table for side in sides for table in side.tables)]))
    links = [f"<code>{escape(table)}</code>" for table in tables[:MOST_TABLES]]
    more = ["…"] if len(tables) > MOST_TABLES else []
    # A claim that a sentence makes by itself is called by chapter and number, which says nothing.
    numbered = re.compile(rf"{re.escape(first.chapter)}-\d+")
    names = [claim.id for claim in sentence.claims if not numbered.fullmatch(claim.id)]
    called = "".join(f'<br><code class="claim-name">{_breakable(escape(name))}</code>' for name in names)
    others = [
        f'<a href="{escape(f"{link_to(each.href, here)}#{each.sentence.anchor}")}">'
        f"{escape(_title(site.pages[each.href]) or each.sentence.claims[0].chapter)}</a>"
        for each in row.again
    ]
    called += f'<br><span class="provenance">Also in: {", ".join(others)}</span>' if others else ""
    return (
        f"<tr><td><strong>{escape(first.verdict.replace('-', ' '))}</strong></td>"
        f'<td>{words} <a class="to-sentence" href="{escape(anchor)}" aria-label="To this sentence">→</a>{called}</td>'
        f"<td>{_tests(tests) if tests else _decided(decided_by)}</td><td>{'<br>'.join(links + more)}</td></tr>\n"
    )


def _tests(tests: Sequence[str]) -> str:
    """The first comparisons, and the others for a reader who asks for them."""
    lines = [f"<code>{test}</code>" for test in tests]
    # A single one that is left over takes no more room than the words that stand for it.
    most = MOST_TESTS if len(lines) > MOST_TESTS + 1 else len(lines)
    shown, others = "<br>".join(lines[:most]), lines[most:]
    if not others:
        return shown
    summary = f'<summary class="provenance">and {len(others)} more</summary>'
    return f"{shown}<details>{summary}{'<br>'.join(others)}</details>"


def _decided(values: Sequence[str]) -> str:
    """What the verdict of a sentence follows from that tells of no comparison by itself: its values, by their names."""
    return f"decided by<br>{_tests(values)}" if values else "as its sentence says"


def _relation(relation: Relation) -> str:
    """A comparison; a count is told in words, and the negative of a cell below or above zero as the cell itself."""
    left, right = _named(relation.left), _named(relation.right)
    if relation.sign == "==" and left.startswith("number of "):
        the = "the " if right.startswith("number of ") else ""
        return _breakable(f"the {escape(left)} is {the}{escape(right)}")
    if right == "0" and relation.sign in _TURNED and (negated := _NEGATED.match(left)):
        other = {"largest": "smallest", "smallest": "largest"}.get(negated[1] or "")
        left = (f"{other} of {negated[2]}: " if other else "") + left[negated.end() :]
        relation = relation.model_copy(update={"sign": _TURNED[relation.sign]})
    sign = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}.get(relation.sign, relation.sign)
    return _breakable(f"{escape(left)} {escape(sign)} {escape(right)}")


def _named(side: Side) -> str:
    """What is compared; of a number that the text names, the thousands stand apart. One cell is no largest of 1."""
    is_limit = side.kind is None and isinstance(side.value, int | float) and not isinstance(side.value, bool)
    return f"{side.value:,}" if is_limit else _OF_ONE.sub("", side.how)


def _breakable(code: str) -> str:
    """Escaped code that may go on in the next line behind a slash, a comma or a bracket."""
    return re.sub(r"(?<=[/,\[])(?=\w)", "<wbr>", code)


# --- silenced findings -----------------------------------------------------------------------------------------------


def _silenced(site: Site, here: str) -> str:
    """What the checks of the text were told to leave alone, page by page, each with its reason."""
    items = []
    for href, page in site.pages.items():
        for element in _unchecked(page):
            reason = element.attributes.get("data-reason") or element.attributes.get("reason") or ""
            link = f"{link_to(href, here)}#{element.attributes.get('id', '')}"
            passage = moved(page[element.inside : element.after], href, here)
            items.append(
                f'<li><span class="unchecked" data-reason="{escape(reason)}">{passage}</span>: {escape(reason)} '
                f'(<a href="{escape(link)}">{escape(_title(page) or href)}</a>)</li>\n'
            )
    return f"\n<ul>\n{''.join(items)}</ul>\n" if items else "\n<p>This version silences no finding.</p>\n"


def _empty_contents(page: str) -> str:
    """Remove from a page what was added to its table of contents before."""
    return _GATHERED_LIST.sub("", page)


def _add_to_contents(page: str, place: int, headings: Sequence[tuple[str, str]]) -> str:
    """Add links to headings to a page's table of contents, below the section that `place` stands in.

    A heading is an identifier and the HTML of its title. The page stays as it is where its contents do not name that
    section.
    """
    sections = _SECTION.findall(page[:place])
    if not sections or not headings:
        return page
    above = re.escape(sections[-1])
    entry = re.search(rf'(?s)<li><a href="#{above}"([^>]*)>(?:(?!</a>).)*</a>(?=</li>)', page)
    if not entry:
        return page
    # Quarto's entries name their target twice more, and fold their lists away.
    written = entry[1].replace("nav-link active", "nav-link")
    others = [(name, title, re.sub(rf"(?<=[#-]){above}(?=\")", name, written)) for name, title in headings]
    tag, attributes = ("ul", ' class="collapse"') if "nav-link" in entry[1] else ("ol", "")
    items = "".join(f'<li><a href="#{name}"{more}>{title}</a></li>' for name, title, more in others)
    return f"{page[: entry.end()]}<{tag}{attributes} {_MARK}>{items}</{tag}>{page[entry.end() :]}"
