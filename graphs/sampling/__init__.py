"""Sampling: questions answered N times by a model, and the training data that this gives."""
