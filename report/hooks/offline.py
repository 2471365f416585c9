"""What Quarto's pages ask of a server, which one that is opened from disk, or on a machine without network, has not.

A link to a folder leads to a listing of its files; scripts that are modules may not be loaded, of which a browser
complains; and for any output in HTML, such as a data frame, Quarto loads two libraries of widgets from another host.
"""

import json
import re

_FOLDER = re.compile(r"""(?<=<a )([^<>]*\bhref=")((?:\.\./)+|\./)(?=")""")
_MODULES = re.compile(r'(?:<script src="[^"]*" type="module"></script>\s*)+')
_HOSTED = re.compile(
    r"""<script src="https://cdn\.jsdelivr\.net/npm/(?:requirejs|jquery)@[^>]*></script>\n?"""
    r"""|<script type="application/javascript">define\('jquery'[^<]*</script>\n?"""
)
_USES_THEM = re.compile(r"\b(?:require|requirejs|define|jQuery)\s*\(|\brequire\.|widget-(?:view|state)\+json")


def stand_alone(page: str) -> str:
    """The page with links to pages, modules only where there is a server, and libraries only where they are used."""
    page = _FOLDER.sub(r"\1\2index.html", page)
    page = _MODULES.sub(_served, page)
    own = _HOSTED.sub("", page)
    return page if _USES_THEM.search(own) else own


def _served(modules: re.Match[str]) -> str:
    tags = json.dumps(modules[0].strip()).replace("</", "<\\/")
    return f"""<script>if (location.protocol !== "file:") document.write({tags});</script>\n"""
