"""Fill-in-the-middle benchmarks through the code an editor gets its suggestions from, beside the model's raw text.

Reading order: `holes` (what is asked), `judging` (how good an edit there is), `control` and
`asking` (who answers), `trials` (one hole after the other), `summary` (figures), `evaluation` (the whole).

The benchmarks: HumanEval-Infilling (Bavarian et al., *Efficient Training of Language Models to Fill in the Middle*,
arXiv 2207.14255; repository openai/human-eval-infilling) and SAFIM (Gong et al., *Evaluation of LLMs on Syntax-Aware
Code Fill-in-the-Middle Tasks*, arXiv 2403.04814; repository gonglinyuan/safim), its Python part.
"""
