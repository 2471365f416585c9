"""What only this report says: its studies, its source reports, and the claims of these tried on models of our own.

Everything here knows studies and claims by name; nothing else in `analysis` does.
"""
