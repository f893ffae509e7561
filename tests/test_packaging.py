"""The wheel holds everything, and works from another folder."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from beancoop.words.language import LANGUAGES, SOURCE

ROOT = Path(__file__).parents[1]
PACKAGES = ("beancoop", "beancoop_importers", "beancoop_fava", "beancoop_server", "beancoop_cli")

PAGE = """
import sys
import beancoop, beancoop_cli, beancoop_fava, beancoop_importers, beancoop_server
from fava.application import create_app
for package in (beancoop, beancoop_cli, beancoop_fava, beancoop_importers, beancoop_server):
    assert package.__file__.startswith(sys.argv[1]), package
client = create_app([sys.argv[2]], load=True, read_only=True).test_client()
slug = client.get("/").headers["Location"].split("/")[1]
page = client.get(f"/{slug}/extension/Activites/")
assert page.status_code == 200, page.status
assert "A001" in page.text
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the wheel and unpack it as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_the_wheel_holds_the_five_packages_and_their_files(site):
    tops = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}
    assert tops == set(PACKAGES)
    assert all((site / package / "py.typed").is_file() for package in PACKAGES)
    assert (site / "beancoop_fava/templates/Activites.html").is_file()
    for language in set(LANGUAGES) - {SOURCE}:
        assert (site / f"beancoop/words/translations/{language}/LC_MESSAGES/beancoop.mo").is_file()
    assert (site / "beancoop/model/pcmn/chart.tsv").is_file()
    assert {path.name for path in (site / "beancoop_cli/reports/templates").iterdir()} == {"report.html", "report.css"}


def test_fava_finds_the_page_in_the_installed_wheel_from_another_folder(site, tmp_path):
    # The installed copy is no part of what coverage is asked of; measured, it would count every line a second time.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {**unmeasured, "PYTHONPATH": str(site)}
    ledger = str(ROOT / "ledgers/main.beancount")
    child = subprocess.run(
        [sys.executable, "-c", PAGE, str(site), ledger],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr


def test_every_dependency_says_why_it_is_there():
    lines = (ROOT / "pyproject.toml").read_text().split("dependencies = [")[1].split("]")[0].strip().splitlines()
    assert all("#" in line for line in lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert all(">=" in dependency for dependency in project["dependencies"])


SHELVES = {
    "beancoop": "plugins",
    "beancoop_importers": "importers",
    "beancoop_fava": "fava_extensions",
    "beancoop_server": "fava_extensions",
    "beancoop_cli": "cli",
}
DISTRIBUTIONS = {"argon2": "argon2-cffi", "dateutil": "python-dateutil", "stdnum": "python-stdnum"}
"""What a dependency is called where its module has another name."""


def imported(folder: Path) -> set[str]:
    """Give what the files of a folder import at the top of a name, wherever in the file."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    """What another dependency happens to bring along may go with its next release."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=]", dependency)[0].lower() for dependency in project["dependencies"]}
    found: set[str] = set()
    for package, shelf in SHELVES.items():
        found |= imported(ROOT / shelf / package)
    others = found - set(PACKAGES) - set(sys.stdlib_module_names)
    assert {DISTRIBUTIONS.get(name, name) for name in others} == declared
