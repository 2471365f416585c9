"""Answers from early layers, and the judges that mark them."""
