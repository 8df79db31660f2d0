"""Whole federations in one process under faults and virtual time: the real protocol, a seed, invariants."""
