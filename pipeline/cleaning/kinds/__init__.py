"""What kind of page it is, as far as its HTML tells: pages that are no article are told from those that are."""
