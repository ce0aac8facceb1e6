"""What the checks in a browser share: Chromium itself, and the built site served as a host on the web would."""

import contextlib
import functools
import gzip
import os
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "No Chromium here: `apt-get install chromium`, or set CHROMIUM to its executable."
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]

# Material's script has come, which is after the first paint; the page of what is missing has none.
MATERIAL = 'head > meta[name="theme-color"], html.js:not(.js-focus-visible)'


def find() -> str:
    """The path of Chromium's executable.

    Raises:
        FileNotFoundError: There is none; the message says how to get it.
    """
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    raise FileNotFoundError(MISSING)


@functools.lru_cache(maxsize=64)
def _compressed(path: Path, _changed: int) -> bytes:
    """A file as it crosses the network; those that all pages load are compressed once."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)


class _Handler(SimpleHTTPRequestHandler):
    """Compresses text, as the hosts of static sites do; keeps quiet."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing."""

    def send_head(self):
        """Answer text that the client takes compressed from memory, everything else from the file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.split("?")[0].endswith("/") else path
        kind = self.guess_type(str(path))
        texts = ("text/", "application/javascript", "application/json", "image/svg")
        if not path.is_file() or not kind.startswith(texts) or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        body = _compressed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        headers = {"Content-Type": kind, "Content-Encoding": "gzip", "Content-Length": str(len(body))}
        for name, value in (headers | {"Cache-Control": "max-age=600"}).items():
            self.send_header(name, value)
        self.end_headers()
        return BytesIO(body)


@contextlib.contextmanager
def served(folder: Path):
    """Serve `folder` on a free port of this machine; gives the address, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
