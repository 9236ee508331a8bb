"""docs/json.rst is what the schemas say, and the schemas are part of the package."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys

from tree import PACKAGE, ROOT


def test_the_page_is_made_from_the_schemas():
    sys.path.append(str(ROOT / "packaging"))
    from json_page import ORDER, page

    assert {path.stem for path in (PACKAGE / "schemas").glob("*.json")} == set(ORDER)
    assert (ROOT / "docs" / "json.rst").read_text() == page(), "make schemas"


def test_every_key_has_a_meaning():
    def keys(value):
        for name, each in value.get("properties", {}).items():
            yield name, each
        for each in value.values() if isinstance(value, dict) else ():
            for inner in each if isinstance(each, list) else [each]:
                if isinstance(inner, dict):
                    yield from keys(inner)

    for path in (PACKAGE / "schemas").glob("*.json"):
        for name, each in keys(json.loads(path.read_text())):
            assert "description" in each or name in ("type", "schema", "refused"), f"{path.stem}: {name}"


def test_the_wheel_holds_the_schemas():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert "schemas/*.json" in config["options.package_data"]["netlite"]


def test_the_page_can_be_read():
    done = subprocess.run([sys.executable, "-c", "import docutils"], capture_output=True)
    if not done.returncode:
        from docutils.core import publish_string

        publish_string((ROOT / "docs" / "json.rst").read_text(), settings_overrides={"halt_level": 2, "report_level": 2})
