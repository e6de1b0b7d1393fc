"""A researcher's view of one organization as it lives: Mesa's SolaraViz on our model.

Needs the extra ``explore``; nothing else of the program imports it.
"""
