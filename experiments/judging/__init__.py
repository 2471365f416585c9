"""The system "judging": judges mark answers right or wrong against a reference, and are marked themselves.

Every judge reads the pair of answer and reference in both orders, and is held to labelled examples of our own
(`labelled.yaml`), so that each share of answers judged right stands beside the judge's agreement with people.
"""
