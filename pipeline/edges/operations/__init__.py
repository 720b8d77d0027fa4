"""What an operator asks of a running pipeline: whether every page is accounted for, where one is, what failed."""
