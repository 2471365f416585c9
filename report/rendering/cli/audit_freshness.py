"""Whether published studies are what their frozen tables were made from, as `experiments status` says."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from experiments.tables.errors import UserError
from experiments.tables.locations import frozen_root, shown_path, studies_root


class Outdated(NamedTuple):
    """A study whose frozen tables are no longer those that it makes, and why."""

    study: str
    state: Literal["stale", "invalid", "orphaned"]
    why: str

    def told(self) -> str:
        """One line for whoever reads verdicts on the tables that there are."""
        if self.state == "invalid":
            return f"{self.study}: the study is invalid, what follows is about the tables frozen before: {self.why}"
        if self.state == "orphaned":
            return f"{self.study}: no study makes its frozen tables any more; remove them, or put {self.why} back"
        return (
            f"{self.study}: its frozen tables are stale ({self.why}); `experiments freeze {self.study}` makes them anew"
        )


def outdated(studies: Iterable[str]) -> list[Outdated]:
    """The studies that are invalid, or whose tables are not fresh."""
    # The only look at the state of studies from here: a verdict on tables that nobody would make today misleads.
    from experiments.status.freshness import study_statuses
    from experiments.study_files import load_study

    found = []
    for name in studies:
        file = studies_root() / f"{name}.yaml"
        if not file.is_file():
            found.append(Outdated(name, "orphaned", shown_path(file)))
            continue
        try:
            statuses = study_statuses(load_study(name), frozen_root())
        except UserError as error:
            first, *others = str(error).splitlines()
            found.append(Outdated(name, "invalid", first + (f" (and {len(others)} more)" if others else "")))
            continue
        unlike = [each for each in statuses if each.state != "fresh"]
        if unlike:
            whys = (change.what for each in unlike for change in each.changes)
            tables = ", ".join(f"{each.table.partition('/')[2]} {each.state}" for each in unlike)
            changed = ", ".join(dict.fromkeys(whys))
            found.append(Outdated(name, "stale", tables + (f"; changed: {changed}" if changed else "")))
    return found
