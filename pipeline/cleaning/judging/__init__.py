"""The learned judges of lines, of HTML and of flattened pages, and what they ask of each line."""
