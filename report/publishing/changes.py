"""What changed between two versions: which tables, which numbers, which claims."""

from collections.abc import Callable, Iterable, Mapping

from report.ledger.model import Claim, Fact, SiteFacts, VersionFile
from report.ledger.site_facts import VERSION, parse_facts
from report.publishing.model import Changes, Number, Verdict

Content = Callable[[str], bytes | None]
"""Gives the content of a file of a version by its place in it."""


def compare(since: str, before: Content, after: Content) -> Changes:
    """What is otherwise in the version `after` than in `before`, which is called `since`."""
    old, new = _tables(before), _tables(after)
    facts = _facts(before), _facts(after)
    compared = None not in facts
    return Changes(
        since=since,
        tables_changed=tuple(sorted(name for name in old.keys() & new.keys() if old[name] != new[name])),
        tables_added=tuple(sorted(new.keys() - old.keys())),
        tables_removed=tuple(sorted(old.keys() - new.keys())),
        numbers=tuple(_numbers(*facts)) if compared else (),
        claims=tuple(_claims(*facts)) if compared else (),
        compared=compared,
    )


def _tables(content: Content) -> Mapping[str, str]:
    try:
        return VersionFile.model_validate_json(content(VERSION) or b"").shown
    except ValueError:
        return {}


def _facts(content: Content) -> SiteFacts | None:
    try:
        return parse_facts(lambda name: content(name) or b"")
    except ValueError:  # missing, or of another schema
        return None


def _numbers(before: SiteFacts, after: SiteFacts) -> Iterable[Number]:
    old, new = _texts(before.facts), _texts(after.facts)
    for chapter, how in dict.fromkeys([*new, *old]):
        texts = old.get((chapter, how)), new.get((chapter, how))
        if texts[0] != texts[1]:
            yield Number(chapter=chapter, how=how, before=texts[0], after=texts[1])


def _texts(facts: Iterable[Fact]) -> dict[tuple[str, str], str]:
    """How each number reads, by its chapter and by what it is: the number of a fact changes with those before it."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for fact in facts:
        found.setdefault((fact.chapter, fact.how), {})[fact.text] = None
    return {key: ", ".join(texts) for key, texts in found.items()}


def _claims(before: SiteFacts, after: SiteFacts) -> Iterable[Verdict]:
    old, new = _verdicts(before.claims), _verdicts(after.claims)
    for key in dict.fromkeys([*new, *old]):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was.verdict != now.verdict:
            known = now or was
            yield Verdict(
                chapter=known.chapter,
                claim=known.id,
                statement=known.statement,
                before=was.verdict if was else None,
                after=now.verdict if now else None,
            )


def _verdicts(claims: Iterable[Claim]) -> dict[tuple[str, str], Claim]:
    """Claims by their name or, where that is a running number, by the comparisons that they rest on."""
    return {(claim.chapter, _lasting_name(claim)): claim for claim in claims}


def _lasting_name(claim: Claim) -> str:
    if claim.id.removeprefix(f"{claim.chapter}-").isdecimal():
        return "; ".join(f"{each.left.how} {each.sign} {each.right.how}" for each in claim.relations)
    return claim.id
