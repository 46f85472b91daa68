"""Measuring which of the few settings that matter is fastest on this machine (`mendline bench tune`).

setups.py    what is compared, and by which figure
search.py    which setups are measured, and which of them wins
meter.py     the measurement itself, with a real model
tune.py      all of it for one model file
"""
