"""The statistics of the project, each in one place: what experiments compute and what the analysis recomputes.

- `level`: the confidence and the level of significance, declared once;
- `proportions`: Wilson's interval, and the counts that can stand behind a rounded share;
- `bootstrap`: percentile intervals and paired tests of any score that is a function of sums, by clusters too;
- `comparisons`: McNemar, Fisher, Mann-Whitney; `corrections`: Holm;
- `agreement`: Cohen's kappa; `baselines`: what guessing scores.

SciPy is imported by the functions that use it. statsmodels is required by the tests alone, as a known answer: its
Wilson interval and McNemar test differ from these in the last bits of a float, its import takes half a second of
processor time, and its `multipletests` collects all garbage of the process at each call.
"""
