"""From files of preferences to pairs of completions, those to train on and those held out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...tools.skeleton import shared_skeleton
from ..examples import Example
from ..preference_data import PreferenceExample, read_preferences
from .config import TrainingConfig
from .lessons import Lessons, parted
from .tokens import Lesson, lesson


@dataclass(frozen=True, slots=True)
class Pair:
    """One prompt with the completion to prefer, and with the one to avoid."""

    chosen: Lesson
    rejected: Lesson

    def __len__(self) -> int:
        return max(len(self.chosen), len(self.rejected))

    @property
    def tokens(self) -> int:
        """How many tokens go through the model: the prompt does twice."""
        return self.chosen.tokens + self.rejected.tokens

    @property
    def trained(self) -> int:
        """How many of them are in the loss."""
        return self.chosen.trained + self.rejected.trained

    def columns(self) -> dict[str, list[int]]:
        """Return what TRL makes of a preference itself, in other tokens."""
        return {
            "prompt_ids": self.chosen.prompt,
            "chosen_ids": self.chosen.completion,
            "rejected_ids": self.rejected.completion,
        }


def read_pairs(config: TrainingConfig, tokenizer: Any, context: int | None = None) -> Lessons[Pair]:
    """Read the preferences that ``config`` names; none is ever cut, and the model takes at most ``context`` tokens.

    Raises ``UsageError`` as ``read_preferences`` does, where nothing is left to train on, and where ``patience`` has
    nothing to measure on.
    """
    given = read_preferences(config.data)
    pairs = {(each.prompt.plain, each.chosen, each.rejected): each for each in reversed(given)}
    distinct = list(reversed(pairs.values()))
    made = [Pair(*(lesson(tokenizer, each.prompt, said) for said in (each.chosen, each.rejected))) for each in distinct]
    return parted(config, list(_examples(distinct)), made, len(given) - len(distinct), context)


def _examples(preferences: Iterable[PreferenceExample]) -> Iterator[Example]:
    """Yield preferences as examples to be split: all of a question have the template of the first, so that none parts.

    Preferences name no template of their own; it is the shape of the query to prefer.
    """
    templates: dict[str, str] = {}
    for each in preferences:
        template = templates.setdefault(each.prompt.plain, shared_skeleton(each.chosen, each.dialect))
        yield Example(each.id, each.prompt, each.chosen, each.dialect, each.database, template, each.evaluation)
