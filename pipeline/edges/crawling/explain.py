"""Why a URL is where it is, and what would happen to it: from the store and the sources file, nothing is fetched."""

from dataclasses import dataclass

from pipeline.crawl.address import refused_url
from pipeline.crawl.rights import tdmrep_url
from pipeline.crawl.robots import RobotsRules, robots_url
from pipeline.crawl.sources import Kind, Source, Sources
from pipeline.edges.clock import instant_of, seconds_now
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.frontier_rows import Entry, Host, document_key
from pipeline.edges.crawling.tdm_files import standing, stored
from pipeline.identity import page_id
from pipeline.settings import Settings, read_networks, read_ports
from pipeline.text import shortened
from pipeline.urls import host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The sources, and the names of those of kind `urls` that list the URL in question."""

    sources: Sources
    listed: frozenset[str] = frozenset()

    def words(self, source: Source, url: str) -> str:
        """Whether and when a source takes a URL, for a person."""
        why = source.unwanted(url)
        if why is not None:
            return why.value
        if source.kind is Kind.URLS and source.name in self.listed:
            return "would take it: it is in its list"
        if source.kind is Kind.URLS:
            return "takes the URLs of its list alone, and this is none of them"
        if source.kind is Kind.WARC:
            return "publishes the pages in its file and fetches nothing"
        return f"would take it, when its {source.kind.value} names it"


def explain(url: str, frontier: Frontier, settings: Settings, wanted: Wanted) -> list[str]:
    """What would happen to a URL and why, from what is known: nothing is fetched. Reject when it is no URL."""
    host = host_of(url)
    key = page_id(url)
    refusal = refused_url(url, read_networks(settings.crawl_networks), read_ports(settings.crawl_ports))
    entries = frontier.entries([key, document_key(url)])
    guard = f"refused: {refusal.reason}" if refusal else "the URL may be asked; its address is checked when connecting"
    lines = [f"url      {url}", f"page_id  {key}", f"guard    {guard}"]
    lines.append(f"robots   {_robots(frontier, url)}")
    lines.append(f"tdmrep   {_tdmrep(frontier, url)}")
    lines.append(f"host     {_host(frontier.host(host))}")
    if not entries:
        lines.append("frontier not known: no source has named it yet")
        lines += [f"source   {source.name}: {wanted.words(source, url)}" for source in wanted.sources.sources]
    for entry in entries:
        lines += _entry_lines(entry, wanted.sources)
    return lines


def _robots(frontier: Frontier, url: str) -> str:
    where = robots_url(url)
    file = frontier.site_file(where)
    if file is None:
        return f"{where} has not been fetched yet; it will be, first"
    rules = RobotsRules.from_response(file.status, file.body, url=where, now=file.fetched_at)
    verdict = rules.explain(url)
    word = "allowed" if verdict.allowed else "disallowed"
    return f"{word}: {verdict.reason} (fetched {instant_of(file.fetched_at)}, status {file.status})"


def _tdmrep(frontier: Frontier, url: str) -> str:
    file, failure = stored(frontier, tdmrep_url(url))
    known = standing(file, failure)
    if known is None:
        return "not asked for yet; NEWSFLOW_RIGHTS decides what it leads to"
    words = "nothing is known" if known.rules is None else f"{len(known.rules)} rules" if known.rules else "no rules"
    if file is not None:
        words += f" (fetched {instant_of(file.fetched_at)}, status {file.status})"
    return words + (f"; {known.detail}, asked again {_when(known.expires_at)}" if known.detail else "")


def _host(host: Host | None) -> str:
    if host is None:
        return "never asked"
    words = [f"{host.state.failures} failures in a row"]
    if host.owner is not None:
        words.append(f"leased to {host.owner} until {_when(host.next_at)}")
    elif host.next_at is not None:
        words.append(f"next turn {_when(host.next_at)}")
    if host.state.open_until is not None:
        words.append(f"circuit open until {_when(host.state.open_until)}")
    elif host.state.not_before > seconds_now():
        words.append(f"not before {_when(host.state.not_before)}")
    return ", ".join(words)


def _entry_lines(entry: Entry, sources: Sources) -> list[str]:
    source = sources.named(entry.source)
    unwanted = source.unwanted(entry.url) if source else None
    lines = [
        f"frontier {entry.kind.value} of source {entry.source}, {entry.state.value}, priority {entry.priority}"
        f", discovered {entry.discovered_at}" + (f", unwanted now: {unwanted.value}" if unwanted else ""),
        f"next     {_when(entry.due) if entry.due is not None else 'nothing is planned'}",
        f"last     {entry.outcome or 'never asked'}"
        + (f", status {entry.status}" if entry.status else "")
        + (f": {shortened(entry.detail)}" if entry.detail else ""),
    ]
    lines += [f"came by  {shortened(via)}" for via in entry.chain]
    for visit in entry.history:
        words = " ".join(shortened(str(visit[name])) for name in ("outcome", "status", "detail") if name in visit)
        lines.append(f"history  {instant_of(visit['at'])} {words}")
    return lines


def _when(instant: float | None) -> str:
    if instant is None:
        return "never"
    wait = instant - seconds_now()
    return f"{instant_of(instant)} ({'now' if wait <= 0 else f'in {wait:.0f} s'})"
