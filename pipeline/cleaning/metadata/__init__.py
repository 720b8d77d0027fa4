"""What a page declares and shows of its article: headline, authors, dates, and the rest of the metadata."""
