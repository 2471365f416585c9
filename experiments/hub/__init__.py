"""Models and data sets on this machine or on the Hugging Face Hub: looked for in one order, never waited for."""
