"""The KV cache: several prompts side by side in one llama.cpp context, each kept true through cancellations.

cells.py     what the layer needs of `model.Context`
strand.py    the record of one prompt: which token is in which cell, at which position
plan.py      which cells of a prompt the next one can use, as a pure function
cache.py     admits prompts: reuse, splice, fork, eviction
refresh.py   recomputes, while nothing else is to do, what a splice only approximated
saved.py     prompt states on disk
"""
