"""What is read from a stage whose launcher has words of its own."""

from typing import Any

import pytest
from isogloss.graphs.console import as_json
from isogloss.graphs.training.launching import last_object

RESULT = {"first_loss": 1.5, "data": {"train": 3, "notes": ["{ is a brace"]}, "card": "a\n{b}"}


@pytest.mark.parametrize("before", ["", "W1121 rank 0 {}\n", "{'rank': 0}\n{}\n"])
@pytest.mark.parametrize("behind", ["", "\n", "\nrank 0 is done\n", "\n{'exit': 0}\n", "\n{ left open\n"])
def test_launchers_may_speak_before_and_behind(before: str, behind: str) -> None:
    assert last_object(before + as_json(RESULT) + behind) == RESULT


@pytest.mark.parametrize("output", ["", "killed\n", '{"first_loss": 1.'])
def test_no_result_is_none(output: str) -> None:
    found: dict[str, Any] | None = last_object(output)
    assert found is None
