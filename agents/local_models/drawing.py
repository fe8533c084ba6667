"""Drawing tokens so that each request of a batch has luck of its own, whatever it is generated with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Drawing:
    """Makes the drawn token the likeliest one, which greedy generation then takes.

    Of tokens with probabilities p, that with the greatest p / e is a draw from p, where each e is drawn from the
    exponential distribution (the Gumbel-max trick; https://arxiv.org/abs/1611.01144, section 2.1). So the luck of a
    row is a sequence of numbers from its own generator, and does not hang on the rows beside it. Only rounding does,
    as in greedy generation: a batch of another width may tip a draw that was all but even.
    """

    def __init__(self, temperature: float, top_p: float, seeds: Sequence[int | None]) -> None:
        """Take a seed for each row; None draws one."""
        import torch

        self._temperature, self._top_p = temperature, top_p
        self._luck = [torch.Generator() for _ in seeds]
        for generator, seed in zip(self._luck, seeds, strict=True):
            generator.manual_seed(generator.seed() if seed is None else seed)

    def __call__(self, input_ids: "torch.Tensor", scores: "torch.Tensor") -> "torch.Tensor":
        """Return ``scores``, of shape (rows, vocabulary), with the greatest where the drawn token is."""
        import torch

        chances = torch.log_softmax(scores.float() / self._temperature, dim=-1)
        if self._top_p < 1:
            chances = _likeliest(chances, self._top_p)
        drawn = torch.stack([torch.empty(scores.shape[-1]).exponential_(generator=luck) for luck in self._luck])
        return chances - drawn.to(scores.device).log()


def _likeliest(chances: "torch.Tensor", top_p: float) -> "torch.Tensor":
    """Rule out all but the fewest tokens that have ``top_p`` of the probability (nucleus, arXiv 1904.09751)."""
    ordered, places = chances.sort(dim=-1, descending=True)
    before = ordered.exp().cumsum(dim=-1) - ordered.exp()
    return chances.masked_fill((before >= top_p).scatter(-1, places, before >= top_p), float("-inf"))
