"""The system "mistakes": well-known mistakes made on purpose, each beside the figure that is right."""
