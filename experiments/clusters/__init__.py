"""Parts of a run made on other machines: what is sent, how it is made and kept there, and who carries it."""
