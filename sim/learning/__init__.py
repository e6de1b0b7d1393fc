"""How people learn from each other: the rules of talk, help, joint cases, stories, questions.

Kernels over arrays; the mechanisms that call them say when, for whom and for how long.
"""
