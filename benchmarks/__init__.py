"""Benchmarks: one module a topic, each figure a ratio measured in one run against what others would use."""
