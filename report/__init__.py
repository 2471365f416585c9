"""The report: its chapters, the renderer that prints them and the ledger of what they show."""
