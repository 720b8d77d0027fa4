"""The pure half of the crawler: what to fetch, whether we may, when, and what a fetched feed, sitemap or page offers.

No I/O and no clock: bodies, headers and the time (seconds since 1970, UTC) are arguments. `pipeline.edges` fetches.
Reading order: source, sources, listing, feeds, sitemaps, links, discovery; address, robots, rights; hosts, polling.
"""
