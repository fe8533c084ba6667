"""The engines: open, introspect, sample and execute, each in a killable child process."""
