"""The statistics of the project, each in one place: what experiments compute and what the analysis recomputes.

- `level`: the confidence and the level of significance, declared once;
- `proportions`: Wilson's interval, and the counts that can stand behind a rounded share;
- `bootstrap`: percentile intervals and paired tests of any score that is a function of sums, by clusters too;
- `comparisons`: McNemar, Fisher, Mann-Whitney; `corrections`: Holm;
- `agreement`: Cohen's kappa; `baselines`: what guessing scores.

Everything needs NumPy and SciPy at most, and SciPy is imported by the functions that use it.
"""
