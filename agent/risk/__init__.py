"""Which orders will miss their promise, why, and what can be done. Rules only; the same input gives the same answer.

Import the module you mean: who needs the rows of a finding should not load the rules that find it.
"""
