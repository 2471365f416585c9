"""From a built book to a site: one page a chapter, its own style, scripts and search, nothing from another host.

`write_site(project, docs, out)` is the whole interface.
"""

from report.press.html.site import write_site

__all__ = ["write_site"]
