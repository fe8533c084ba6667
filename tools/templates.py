"""Templates: the seed queries of Isogloss and of users, with slots for names and values."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from sqlglot.errors import SqlglotError

from .abstraction import Template, abstract
from .dialects import get_dialect
from .errors import UsageError
from .qualified import UnsupportedSeed
from .seed_files import Seed, read_spider_seeds, read_sql_seeds
from .skeleton import skeleton
from .transpile import string_literals, transpile

__all__ = [
    "SeedImport",
    "Template",
    "UnsupportedSeed",
    "abstract",
    "import_seed_file",
    "load_seed_file",
    "seed_templates",
    "skeleton",
]

_SEEDS = Path(__file__).parent / "seeds"
_SEED_DIALECT = "postgres"


@dataclass(frozen=True, slots=True)
class SeedImport:
    """What came of a seed file: distinct templates, the seeds that repeat one, and (seed, why not)."""

    templates: tuple[Template, ...]
    repeated: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def seed_templates(dialect: str) -> list[Template]:
    """Return the templates of Isogloss's own seeds in ``dialect``, distinct, always in the same order.

    The common ones are said in the dialect by sqlglot; those in the folder of its name are written in it.
    """
    return list(_own_seeds(dialect).templates)


def load_seed_file(path: str | Path, dialect: str) -> list[Template]:
    """Return the distinct templates of a seed file in ``dialect``; see `import_seed_file`."""
    return list(import_seed_file(path, dialect).templates)


def import_seed_file(path: str | Path, dialect: str) -> SeedImport:
    """Make templates of ``dialect`` from a ``.sql`` file in that dialect or a Spider-format ``.json``.

    Raises ``UsageError`` if the file cannot be read or none of its queries becomes a template.
    """
    path = Path(path)
    if path.suffix not in (".sql", ".json"):
        raise UsageError(f"{path} is no seed file: give a .sql file or a Spider-format .json file.")
    seeds = read_sql_seeds(path, dialect) if path.suffix == ".sql" else read_spider_seeds(path)
    try:
        found = _import(seeds, dialect)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Cannot read the seed file {path}: {error}.") from error
    if not found.templates:
        first = f" The first, {found.refused[0][0]}: {found.refused[0][1]}." if found.refused else ""
        raise UsageError(f"No query of {path} can become a template.{first}")
    return found


@lru_cache
def _own_seeds(dialect: str) -> SeedImport:
    common = (read_sql_seeds(file, _SEED_DIALECT) for file in sorted(_SEEDS.glob("*.sql")))
    folder = get_dialect(dialect).seeds or _SEEDS / dialect
    own = (read_sql_seeds(file, dialect) for file in sorted(folder.glob("*.sql")))
    return _import(chain.from_iterable(chain(common, own)), dialect)


def _import(seeds: Iterable[Seed], dialect: str) -> SeedImport:
    templates: dict[str, Template] = {}
    repeated, refused = [], []
    for seed in seeds:
        try:
            template = _template(seed, dialect)
        except UnsupportedSeed as error:
            refused.append((seed.name, error.reason))
            continue
        if template.sql in templates:
            repeated.append(seed.name)
        templates.setdefault(template.sql, template)
    return SeedImport(tuple(templates.values()), tuple(repeated), tuple(refused))


def _template(seed: Seed, dialect: str) -> Template:
    try:
        sql = string_literals(seed.sql, seed.schema) if seed.dialect == "sqlite" else seed.sql
    except SqlglotError as error:
        raise UnsupportedSeed(str(error).splitlines()[0]) from error
    return abstract(transpile(sql, seed.dialect, dialect), seed.schema, dialect, seed.name)
