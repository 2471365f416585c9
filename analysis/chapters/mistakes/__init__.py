"""Common mistakes, made on purpose."""
