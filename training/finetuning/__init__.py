"""What every training of a model shares: its settings, the folder it works in, what it tells, and what it leaves."""
