"""Run the chapters' code: a kernel for each chapter, and a cache that knows what the chapter read."""
