"""Merging models of one family into one: SLERP, the Karcher mean and linear averages, tensor by tensor."""
