"""``boai bench``: what this installation reaches, beside what the machine could at most.

Every benchmark measures its own limit in the same run, so that only ratios are compared: seconds
differ from machine to machine, and on a shared one from minute to minute.
"""
