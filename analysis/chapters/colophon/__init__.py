"""How the report was made: tables, machines, speeds, trials and planted faults."""
