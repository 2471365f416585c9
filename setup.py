"""Puts what `report new` shares with every project into the package: it lies elsewhere in the repository."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TEMPLATE = Path("report") / "template"


class BuildWithShared(build_py):
    """Builds the packages; copies beside the template what `report/template/shared.txt` lists and no package has."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in (TEMPLATE / "shared.txt").read_text("utf-8").split():
            source, target = Path(name), Path(self.build_lib) / TEMPLATE / "shared" / name
            if (Path(self.build_lib) / name).exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)


setup(cmdclass={"build_py": BuildWithShared})
