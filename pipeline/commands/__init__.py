"""The subcommands of `newsflow`: each reads its options and calls one edge; heavy imports wait until then."""
