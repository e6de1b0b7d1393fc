"""Plain programs of the published models, written from their rules alone.

Nothing here imports ``sim``: each module is a second opinion on what the compiled kernels
compute, slow and short, with its own random numbers. ``run(seed, ...)`` returns measures by
the names the program uses. The two agree in distribution, never draw by draw.
"""
