"""From the bytes of a page to a tree or a text."""
