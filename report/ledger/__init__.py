"""What chapters read and showed, after the fact: which are stale, what the site says, and whether the two agree.

- `staleness`: chapters whose tables, modules, includes, lock file or figures are no longer what they were;
- `frozen`: Quarto's frozen outputs, of which exactly the stale ones are dropped;
- `stamp`: the version of what is being rendered;
- `site_facts`: `_site/facts.json`; `model`: its schema; `check`: the rendered pages against it.

Nothing here imports pandas or matplotlib: the hooks of every render pass through.
"""

INDEX = "facts.json"
"""What the site says of itself, in its output folder."""
CHAPTERS = "facts"
"""The folder beside it with a file for each chapter."""
