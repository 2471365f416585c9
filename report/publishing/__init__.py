"""Publish the rendered report: version beside version on a branch of a repository or in a folder.

    index.html  404.html        the way to the version chosen last, else the newest; and for pages that there are not
    versions.html               every version, with what changed from each to the next
    versions.json, versions.js  the same for the switcher of every page, which older versions read too
    latest/                     the version published last
    v/<version>/                each version: the site, its PDF, its tables (frozen/), version.json, and
                                what `report diff` finds since the version before (changes.html, changes.json)

- `publish`: the whole of it; `places`: where it goes, which changes in one step or not at all;
- `archive`: everything in one zip, described by `crate`; `citation`: CITATION.cff, checked;
- `staging`: the files of a new version; `overview`: the pages around.
"""
