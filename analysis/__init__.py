"""Read frozen tables, test claims, audit published figures, draw and say what they show."""
