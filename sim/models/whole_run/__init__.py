"""A whole run compiled: people and a code that learn from each other, and nothing around them.

A replication of a published figure needs thousands of runs. Here a run is one call, and so is a
batch of runs; what happens in a period is done by the same kernels that act in ``PERIOD``, with the
same draws. ``world`` is what there is, ``learning`` one period, ``stopping`` when nothing moves any
more, ``loop`` the run, ``batch`` the way from a scenario to the results of many seeds.
"""
