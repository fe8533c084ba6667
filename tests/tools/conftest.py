"""What several test files here share: the attacked engines, and the servers MySQL is tested on."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.pool import Pool

from .attack_ground import Ground
from .engines_here import skip_if_missing
from .mysql_servers import LIMITS, loaded_in


@pytest.fixture(params=DIALECTS, scope="module")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Yield each dialect's ground, one open at a time."""
    skip_if_missing(request.param)
    with Ground(request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Yield the small source in the MySQL server that ``on_both``, ``on_seekdb`` or ``on_mariadb`` asks for."""
    with loaded_in(request.param) as loaded:
        yield loaded


@pytest.fixture
def pool(database: Database) -> Iterator[Pool]:
    """Yield a session at the MySQL server, without the guard in front of it."""
    with closing(Pool("mysql", database.connect, 1, LIMITS)) as opened:
        yield opened
