"""Benchmarks: ratios against other programs doing the same, taken in one run on one machine."""
