"""From the turns of a chat to token ids, in a tokenizer's own template: the same for training and for sampling."""

from collections.abc import Sequence
from typing import Any

from jinja2 import TemplateError

Turn = dict[str, Any]


def chat_tokens(tokenizer: Any, turns: Sequence[Turn], asks: bool = True, **options: Any) -> list[int]:
    """Return the token ids of a chat; if it ``asks``, up to where the model's next turn begins.

    Some templates have no system turn: its text then opens the user's. ``options`` go to the template. Raises jinja2's
    ``TemplateError`` if it refuses such turns.
    """

    def rendered(given: Sequence[Turn]) -> list[int]:
        made = tokenizer.apply_chat_template(list(given), add_generation_prompt=asks, return_dict=True, **options)
        return list(made["input_ids"])

    try:
        return rendered(turns)
    except TemplateError:
        return rendered(merged([{**turn, "role": "user"} if turn["role"] == "system" else turn for turn in turns]))


def merged(turns: Sequence[Turn]) -> list[Turn]:
    """Join turns of the same speaker, since many templates insist that speakers alternate."""
    found: list[Turn] = []
    for turn in turns:
        if found and found[-1]["role"] == turn["role"]:
            found[-1] = {**turn, "content": f"{found[-1]['content']}\n\n{turn['content']}"}
        else:
            found.append(turn)
    return found
