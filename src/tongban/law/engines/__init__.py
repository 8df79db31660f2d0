"""Engines for whole populations: the same outcomes as the interpreter's, bit for bit, a table at a time."""
