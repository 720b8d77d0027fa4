"""Every metric of newsflow with its meaning, in the order in which one asks: is it fetched, how fast, what is behind.

Names and units are Prometheus' own; a label's values come from a closed set: an enum, or the names of the sources
file, or a bounded number of names. All are of this process, but for those that say "in the store", which all
processes share. `docs/metrics.md` is made from this file.
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
STEP_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
BATCH_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
BATCH_MESSAGES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
AGE_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
"""From the 0.1 s that three stages take to the week for which raw pages are kept."""

LABELS = {
    "cause": "why a worker ended: a value of `EXITS` in `pipeline/edges/supervisor.py`; why a page's process was lost:"
    " a `Code`",
    "code": "`Code` in `pipeline/errors.py`",
    "level": "`warning`, `error`, `critical`",
    "library": "`aiokafka`, `faust`, and what they are made of",
    "outcome": "`Outcome` in `pipeline/edges/crawling/visit_outcomes.py`, `Cause` in `pipeline/edges/crawling/http.py`",
    "partition": "number of a partition of the stage's source topic",
    "reason": "`Reason` in `pipeline/errors.py`",
    "result": "class of an HTTP status, or `Cause` in `pipeline/edges/crawling/http.py`",
    "rule": "name in `pipeline/cleaning/rules/table.py`, `learned`, `outside_article`",
    "since": "`published`, `discovered`, `fetched`, `cleaned`",
    "source": "name in the sources file; in workers the first 100 names that pages come with, the rest as `other`;"
    " `none`: the page names no source, or its process was killed",
    "stage": "`clean`, `annotate`, `relate`; of workers that ended also `crawl`",
    "step": "`decode`, `process`, `encode` of a message; `send` of a batch",
    "trouble": "`Trouble` in `pipeline/crawl/listing.py`, `Unwanted` in `pipeline/crawl/discovery.py`",
    "verdict": "`passed`, `enriched`, `unchanged`, `dropped`, `dead`",
    "version": "newsflow's version",
}
"""Every label, and the closed set that its values are from."""

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

# ---- the stages: what becomes of messages

STAGE_MESSAGES = Counter(
    "newsflow_stage_messages_total",
    "Messages that a stage has taken, by what it made of them; counted when the broker has acknowledged the results.",
    ("stage", "verdict"),
    registry=REGISTRY,
)
DROPPED = Counter(
    "newsflow_dropped_total", "Pages that were understood and are no article.", ("stage", "reason"), registry=REGISTRY
)
DEAD_LETTERS = Counter(
    "newsflow_dead_letters_total",
    "Messages that could not be processed, by the step in which it happened and the cause.",
    ("stage", "step", "code"),
    registry=REGISTRY,
)
RULE_CUTS = Counter("newsflow_rule_cuts_total", "Pieces of pages that a rule has cut.", ("rule",), registry=REGISTRY)
SOURCE_MESSAGES = Counter(
    "newsflow_source_messages_total",
    "As newsflow_stage_messages_total, by the source that led to the page.",
    ("stage", "source", "verdict"),
    registry=REGISTRY,
)
SOURCE_FETCHED = Gauge(
    "newsflow_source_fetched_timestamp_seconds",
    "When the latest page of a source was fetched, of those that this process has taken.",
    ("stage", "source"),
    registry=REGISTRY,
)

# ---- the stages: how fast

AGE = Histogram(
    "newsflow_age_seconds",
    "From a moment in a page's life to the acknowledgement of the stage's result. 'relate' since 'published' is"
    " publish to enriched, of first revisions only; a page that is processed again"
    " counts in 'clean' and 'annotate', not in 'relate'.",
    ("stage", "since"),
    buckets=AGE_SECONDS,
    registry=REGISTRY,
)
STAGE_STEP_SECONDS = Histogram(
    "newsflow_stage_step_seconds",
    "Time of a step for one message; of 'send' for a batch, from the first message sent to the last acknowledgement.",
    ("stage", "step"),
    buckets=STEP_SECONDS,
    registry=REGISTRY,
)
STAGE_BATCH_SECONDS = Histogram(
    "newsflow_stage_batch_seconds",
    "From a batch that is taken to its last acknowledgement.",
    ("stage",),
    buckets=BATCH_SECONDS,
    registry=REGISTRY,
)
STAGE_BATCH_MESSAGES = Histogram(
    "newsflow_stage_batch_messages", "Messages taken at once.", ("stage",), buckets=BATCH_MESSAGES, registry=REGISTRY
)

# ---- the stages: what is behind

CONSUMER_LAG = Gauge(
    "newsflow_consumer_lag_messages",
    "Messages of a partition of this worker that it has not committed, as of its latest fetch.",
    ("stage", "partition"),
    registry=REGISTRY,
)
IN_HAND = Gauge(
    "newsflow_stage_in_hand_messages",
    "Messages that were fetched and are not acknowledged: the worker's queue.",
    ("stage",),
    registry=REGISTRY,
)
ASSIGNED_PARTITIONS = Gauge(
    "newsflow_worker_assigned_partitions", "Partitions that this worker has now.", ("stage",), registry=REGISTRY
)
LIVE = Gauge("newsflow_live", "1 while /livez says that the process gets on, else 0.", registry=REGISTRY)
READY = Gauge("newsflow_ready", "1 while /readyz says that the process is at its work, else 0.", registry=REGISTRY)
BUILD = Gauge("newsflow_build_info", "Always 1; the label tells the version.", ("version",), registry=REGISTRY)

# ---- the pool of processes for pages

POOL_PROCESSES = Gauge("newsflow_pool_processes", "Processes that take pages.", registry=REGISTRY)
POOL_BUSY = Gauge("newsflow_pool_busy_processes", "Processes that have pages now.", registry=REGISTRY)
POOL_BUSY_SECONDS = Counter(
    "newsflow_pool_busy_seconds_total", "Time for which processes had pages, all together.", registry=REGISTRY
)
POOL_WAITING = Gauge("newsflow_pool_waiting_chunks", "Chunks of pages that wait for a process.", registry=REGISTRY)
POOL_KILLS = Counter(
    "newsflow_pool_kills_total",
    "Processes that were lost with pages in hand: killed for their time, or dead by themselves.",
    ("cause",),
    registry=REGISTRY,
)

# ---- `newsflow run`: its workers

WORKERS = Gauge("newsflow_run_workers", "Workers of this `newsflow run` that live.", ("stage",), registry=REGISTRY)
WORKER_EXITS = Counter(
    "newsflow_run_worker_exits_total",
    "Workers of this `newsflow run` that ended unasked.",
    ("stage", "cause"),
    registry=REGISTRY,
)

# ---- the broker and the store

BROKER_WARNINGS = Counter(
    "newsflow_broker_warnings_total",
    "What Kafka's client had to say, from warning on; what it cannot mend ends the worker.",
    ("library", "level"),
    registry=REGISTRY,
)
STORE_UNAVAILABLE = Counter(
    "newsflow_store_unavailable_total", "Transactions that were put off because the store could not serve.",
    registry=REGISTRY,
)  # fmt: skip
