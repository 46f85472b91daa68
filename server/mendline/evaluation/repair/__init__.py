"""Repair through the code an editor gets it from: HumanEvalFix in three arms, and files with one seeded error each.

Reading order: `tasks` and `python_tests` (what is asked, and how a program is judged), `visible` (the check that sees a
part of the tests), `arms` (who answers), `trials` (one task after the other), `summary` (figures), `evaluation` (the
whole); `seeded` (real tools' diagnostics on small files).

The benchmark: HumanEvalFix (Muennighoff et al., *OctoPack: Instruction Tuning Code Large Language Models*, arXiv
2308.07124; repository bigcode-project/octopack).
"""
