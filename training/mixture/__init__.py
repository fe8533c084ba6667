"""The mixture of dialect experts: a merge whose MLPs are those of every dialect's model, chosen token by token."""
