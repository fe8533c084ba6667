"""All runs on disk, of whatever kind: what they are, which may go, and how one goes on."""
