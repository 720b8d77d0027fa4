"""Where sentences end, beside what the reports on real articles show."""

import time

from pipeline.enrichment.sentences import all_spans


def test_a_run_of_full_stops_takes_no_longer_than_a_text() -> None:
    text = "." * 40_000 + "x. Then it ends."
    began = time.process_time()
    assert all_spans(text, [(0, len(text))], "en") == [(0, 40_002), (40_003, len(text))]
    assert time.process_time() - began < 2
