"""Finds models and data sets: in a folder, an installed package, the cache of the Hugging Face Hub, or on the hub.

They are looked for in this order, and a hub that does not answer is given up after a short time.
"""
