"""A hub on this machine that has one model: the files of a folder, by the hub's own protocol."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

_COMMIT = "0" * 40


class _Hub(BaseHTTPRequestHandler):
    def __init__(self, name: str, folder: Path, *connection: Any) -> None:
        self._name, self._folder, self._files = name, folder, sorted(folder.iterdir())
        super().__init__(*connection)

    def do_HEAD(self) -> None:
        self._answer(head=True)

    def do_GET(self) -> None:
        self._answer(head=False)

    def _answer(self, head: bool) -> None:
        path = self.path.split("?")[0]
        resolve = f"/{self._name}/resolve/"
        if path.startswith(f"/api/models/{self._name}/tree/"):
            files = [{"type": "file", "path": f.name, "size": f.stat().st_size, "oid": f.name} for f in self._files]
            files.append({"type": "file", "path": "onnx/model.onnx", "size": 1, "oid": "x"})  # must not be asked for
            self._send(200, json.dumps(files).encode(), head)
        elif path.startswith(f"/api/models/{self._name}"):
            siblings = [{"rfilename": f.name} for f in self._files]
            self._send(200, json.dumps({"id": self._name, "sha": _COMMIT, "siblings": siblings}).encode(), head)
        elif path.startswith(resolve) and (file := self._folder / path.rsplit("/", 1)[1]).is_file():
            self._send(200, file.read_bytes(), head)
        else:
            self._send(404, b"", head)

    def _send(self, status: int, body: bytes, head: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", _COMMIT)
        self.end_headers()
        if not head:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the standard library
        """Say nothing."""


@contextmanager
def hub_with(name: str, folder: Path) -> Iterator[str]:
    """Serve ``folder`` as the model ``name`` and yield the hub's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Hub, name, folder))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
