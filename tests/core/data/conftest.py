"""A web server on loopback that behaves well or badly, and a catalogue entry that points at it."""

import datetime
import http.server
import io
import ssl
import threading
import zipfile
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import pytest
import trustme

from mftui.core.data.catalog import CatalogEntry, Mirror, WebMirror


class Server:
    """Serves an archive as a path says: `/good`, `/missing`, `/page`, `/cut`, `/corrupt`, `/silent`, `/stalls`."""

    def __init__(self, archive: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.released = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server._answer(self, self.path, archive)

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:  # clients that break off are what is tested
                pass

        self.http = Quiet(("127.0.0.1", 0), Handler)
        if tls:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://localhost:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def _answer(self, request: http.server.BaseHTTPRequestHandler, path: str, archive: bytes) -> None:
        if path == "/silent":
            self.released.wait()
            return
        if path == "/missing":
            request.send_error(404)
            return
        body = {"/page": b"<!DOCTYPE html><title>Moved</title>", "/corrupt": archive[:-9] + b"corrupted"}.get(
            path, archive
        )
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if path in ("/cut", "/stalls") else body)
        if path == "/stalls":
            request.wfile.flush()
            self.released.wait()

    def close(self) -> None:
        self.released.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, ratings) -> bytes:
    """The planted ratings as a zip in MovieLens 100K's layout."""
    from tests.layouts import write_movielens_100k

    folder = write_movielens_100k(ratings, tmp_path_factory.mktemp("archive") / "planted")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for file in sorted(folder.iterdir()):
            packed.write(file, f"planted/{file.name}")
    return buffer.getvalue()


@pytest.fixture
def server(archive: bytes) -> Iterator[Server]:
    server = Server(archive)
    yield server
    server.close()


@pytest.fixture
def secure(archive: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Server]]:
    """Two servers with certificates of an authority that is trusted: one that holds and one that has expired."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    servers = {}
    for name, end in (("valid", None), ("expired", past)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", not_before=past - datetime.timedelta(days=9), not_after=end).configure_cert(
            context
        )
        servers[name] = Server(archive, context)
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def entry_of(archive: bytes):
    """Makes a catalogue entry of the archive with these mirrors."""

    def make(*mirrors: Mirror | str, checksum: str | None = f"md5:{md5(archive).hexdigest()}") -> CatalogEntry:
        found = tuple(WebMirror(m) if isinstance(m, str) else m for m in mirrors)
        terms = "Do as you like.", "free"
        return CatalogEntry("planted", "Planted", 60, 40, 1, 0.1, *terms, "planted.zip", checksum, found)

    return make
