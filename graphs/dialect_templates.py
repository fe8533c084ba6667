"""The files of a new dialect's package, to be filled in with its name."""

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "isogloss-{name}"
version = "0.1.0"
description = "{Name} for Isogloss."
requires-python = ">=3.11"
dependencies = ["isogloss"]

[project.entry-points."isogloss.dialects"]
{name} = "isogloss_{name}:{NAME}"

[tool.setuptools]
packages = ["isogloss_{name}"]

[tool.setuptools.package-data]
isogloss_{name} = ["corpus/*.md", "seeds/*.sql", "constructs.tsv"]
"""

DESCRIPTOR = '''\
"""{Name}'s SQL. What the fields say is in the docstring of `Dialect`; what is not given here is as in {parent}."""

from dataclasses import replace
from pathlib import Path

from isogloss.tools.dialects import get_dialect

_HERE = Path(__file__).parent

{NAME} = replace(
    get_dialect("{parent}"),
    name="{name}",
    title="{Name}",
    sqlglot="{parent}",{hint}
    database="isogloss_{name}.database",
    # session="isogloss_{name}.session",
    # engine="{Name}",
    # packages=("the-engine-on-pypi",),
    stand_in=True,  # until an engine of {Name}'s own executes it
    url_schemes=(),
    magic=None,
    suffixes=(),
    corpus=_HERE / "corpus",
    seeds=_HERE / "seeds",
    constructs=_HERE / "constructs.tsv",
    words={{}},
)
'''

DATABASE = '''\
"""{Name} databases: a source loaded into the engine that executes {Name}; for now that is {parent}'s."""

from dataclasses import replace

from isogloss.tools.engines import {parent}_database
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.loading import Source
from isogloss.tools.outcome import Limits


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into an embedded engine; what ``connect`` of a database holds is given to ``open_session``."""
    return replace({parent}_database.load(source, limits), dialect="{name}", stand_in=True)
'''

TESTS = '''\
"""{Name} passes what every dialect passes."""

from isogloss.testing import COMES_BACK, DialectConformance


class Test{Name}(DialectConformance):
    """The conformance suite; its attributes say where {Name} rightly differs."""

    dialect = "{name}"
    comes_back = COMES_BACK["{parent}"]
'''

NEXT = """\
{folder} is written: {name}, which is {parent} in all but name until you change it.

Edit
  isogloss_{name}/__init__.py      the descriptor: types, errors, how it differs from {parent}
  isogloss_{name}/database.py      how a source is loaded into its engine, and a session.py for executing a statement
  isogloss_{name}/corpus/*.md      tutorials, whose examples run on the database shop
  isogloss_{name}/constructs.tsv   what it has and not every dialect has
  tests/test_{name}.py             where its engine rightly differs

Run
  pip install -e {folder}
  isogloss dialect list
  isogloss corpus verify {name}
  pytest {folder}/tests
  isogloss build --dialect {name} --db shop --n 100"""
