"""The crawler at its edges: agent and frontier, fetching and unpacking, what an operator sees, the archive."""
