"""The system that adopts predictions made elsewhere: their labels come in once, and freeze as `reported` tables."""
