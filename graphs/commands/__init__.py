"""The commands, a file per subject: each parses its words, calls one function and shows what that returns.

What a command needs it imports itself, so that the command line starts at once.
"""
