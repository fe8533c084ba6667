"""Evaluation: answers judged by executing them beside gold, their reports, and what gives the answers."""
