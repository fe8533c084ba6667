"""A run shared out among the machines of a Ray cluster."""
