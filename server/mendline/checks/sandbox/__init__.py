"""Where code of a repository is executed: confined as well as this machine can, with a label that says how well.

Kept free of imports: the launcher's process, which has neither site packages nor time to lose, imports this package.
"""
