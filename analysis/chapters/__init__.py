"""What single chapters put together from views of the door: one module a chapter."""
