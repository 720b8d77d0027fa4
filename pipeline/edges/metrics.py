"""Every metric of newsflow with its meaning, in the order in which one asks: is it fetched, how fast, what is behind.

Names and units are Prometheus' own; a label's values come from a closed set: an enum, or the names of the sources
file. All are of this process, but for those that say "in the store", which all processes share.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

REGISTRY = CollectorRegistry()
"""Our own: the library's default one would also take what other libraries register."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each counter, which nobody asks for
ProcessCollector(registry=REGISTRY)  # process_cpu_seconds_total, process_resident_memory_bytes, …

REQUEST_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
SEND_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60)
FRESHNESS_SECONDS = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
"""From a minute, which only a feed that is asked all the time reaches, to a week, which is the archive."""

# ---- the crawler: what comes of it

CRAWL_VISITS = Counter(
    "newsflow_crawl_visits_total",
    "Visits to pages, feeds, sitemaps and sections that ended, by source and outcome; 'fetched' and 'updated' are"
    " pages that the broker has acknowledged.",
    ("source", "outcome"),
    registry=REGISTRY,
)
CRAWL_URLS_FOUND = Counter(
    "newsflow_crawl_urls_found_total",
    "URLs that were not known before, by the source that named them.",
    ("source",),
    registry=REGISTRY,
)
CRAWL_LISTING_TROUBLES = Counter(
    "newsflow_crawl_listing_troubles_total",
    "Entries of feeds, sitemaps and sections that were left out, and what was wrong with whole ones, by source.",
    ("source", "trouble"),
    registry=REGISTRY,
)
CRAWL_PUBLISHED_TO_FETCHED = Histogram(
    "newsflow_crawl_published_to_fetched_seconds",
    "From the time of publication that the source states, if it states a time, to the first fetch of the page.",
    ("source",),
    buckets=FRESHNESS_SECONDS,
    registry=REGISTRY,
)
CRAWL_DISCOVERED_TO_FETCHED = Histogram(
    "newsflow_crawl_discovered_to_fetched_seconds",
    "From the moment a source named the page to its first fetch: the wait for the host's turn.",
    ("source",),
    buckets=FRESHNESS_SECONDS,
    registry=REGISTRY,
)

# ---- the crawler: its requests

CRAWL_REQUESTS = Counter(
    "newsflow_crawl_requests_total",
    "Requests that ended, those for robots.txt too, by result: the class of the status, or why there was no response.",
    ("result",),
    registry=REGISTRY,
)
CRAWL_REQUEST_SECONDS = Histogram(
    "newsflow_crawl_request_seconds",
    "Time of a request from the connection to the end of the body.",
    buckets=REQUEST_SECONDS,
    registry=REGISTRY,
)
CRAWL_REQUESTS_IN_FLIGHT = Gauge(
    "newsflow_crawl_requests_in_flight", "Requests that have begun and not ended.", registry=REGISTRY
)
CRAWL_RECEIVED_BYTES = Counter(
    "newsflow_crawl_received_bytes_total", "Bytes of bodies as they came, packed.", registry=REGISTRY
)
CRAWL_PUBLISH_SECONDS = Histogram(
    "newsflow_crawl_publish_seconds",
    "Time that the broker took to acknowledge a page.",
    buckets=SEND_SECONDS,
    registry=REGISTRY,
)

# ---- the crawler: what is behind

CRAWL_DUE_ENTRIES = Gauge(
    "newsflow_crawl_due_entries",
    "Entries in the store that are due now, at most 10000.",
    ("source",),
    registry=REGISTRY,
)
CRAWL_OVERDUE_SECONDS = Gauge(
    "newsflow_crawl_overdue_seconds",
    "How long the earliest due entry in the store has been due; 0 when none is.",
    ("source",),
    registry=REGISTRY,
)
CRAWL_SOURCE_FAILURES = Gauge(
    "newsflow_crawl_source_failures",
    "Failed visits in a row of a feed, sitemap or section that the sources file names, in the store; of several the"
    " worst. 0: it could be read.",
    ("source",),
    registry=REGISTRY,
)
CRAWL_SOURCE_READ = Gauge(
    "newsflow_crawl_source_read_timestamp_seconds",
    "When a feed, sitemap or section of the source could last be read, changed or not, in the store; absent when none"
    " of its latest visits succeeded.",
    ("source",),
    registry=REGISTRY,
)
CRAWL_HOSTS_LEASED = Gauge("newsflow_crawl_hosts_leased", "Hosts whose turn this crawler has now.", registry=REGISTRY)
CRAWL_CIRCUITS_OPENED = Counter(
    "newsflow_crawl_circuits_opened_total",
    "Times that a host was given up for a while, after several failures in a row.",
    registry=REGISTRY,
)

# ---- the store

STORE_UNAVAILABLE = Counter(
    "newsflow_store_unavailable_total", "Transactions that were put off because the store could not serve.",
    registry=REGISTRY,
)  # fmt: skip
