"""HumanEval-Infilling: how often the model's middle makes the program pass its tests, also after simulated typing.

The benchmark is from Bavarian et al., *Efficient Training of Language Models to Fill in the Middle* (arXiv
2207.14255); its items come as JSON lines from the repository openai/human-eval-infilling.
"""
