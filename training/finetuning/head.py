"""Where the head of a model is computed."""

from trl.trainer import utils


def score_labels_alone() -> None:
    """Let TRL compute the head, and with it the loss, on the tokens of completions alone, on every device.

    It does so where it has Triton, and elsewhere on all positions, since some devices compile anew for each shape. A
    CPU does not; the loss is the same, and a step of SmolLM2 takes two fifths less.
    """
    utils._use_triton = lambda _: True
