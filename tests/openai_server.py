"""A server on this machine that speaks OpenAI's chat protocol, and fails in every way it is told to."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the server sends: after ``delay`` seconds, and of the body only ``cut`` bytes before it hangs up."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int | None = None


def completion(message: dict[str, Any], tokens_in: int = 100, tokens_out: int = 20, **how: Any) -> Reply:
    """Return a reply with an assistant's message."""
    return Reply(
        json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": "fake",
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}],
                "usage": {
                    "prompt_tokens": tokens_in,
                    "completion_tokens": tokens_out,
                    "total_tokens": tokens_in + tokens_out,
                },
            }
        ).encode(),
        **how,
    )


def text(content: str, **how: Any) -> Reply:
    """Return a reply of words alone."""
    return completion({"content": content}, **how)


def call(name: str, arguments: dict[str, Any] | str, **how: Any) -> Reply:
    """Return a reply that calls a tool; arguments given as text are sent as they are."""
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    made = [{"id": "call_1", "type": "function", "function": {"name": name, "arguments": written}}]
    return completion({"content": None, "tool_calls": made}, **how)


def failure(status: int, **headers: str) -> Reply:
    """Return an error, its message naming a key as real servers' messages do; ``retry_after`` becomes Retry-After."""
    body = json.dumps({"error": {"message": "failed for key sk-canary", "type": "error", "code": None}})
    return Reply(body.encode(), status, {name.replace("_", "-"): value for name, value in headers.items()})


def offered(request: Request) -> set[str]:
    """Return the names of the tools that a request offers."""
    return {tool["function"]["name"] for tool in request.get("tools", [])}


_SHAPES = (
    "SELECT name FROM products WHERE stock > {}",
    "SELECT count(*) AS found FROM products WHERE stock > {}",
    "SELECT category, avg(price) AS mean FROM products WHERE stock > {} GROUP BY category",
    "SELECT max(quantity) AS most FROM order_lines WHERE quantity > {}",
    "SELECT city, count(*) AS found FROM customers WHERE customer_id > {} GROUP BY city",
    "SELECT min(shipping_fee) AS least FROM orders WHERE order_id > {}",
)


def well_behaved(request: Request) -> Reply:
    """Answer an agent's request as a good model would: every variation of it with another query."""
    names, said = offered(request), str(request["messages"][1]["content"])
    if "ProposeTemplate" in names:
        return call("ProposeTemplate", {"template": "SELECT t1.text_1 FROM table_1 AS t1"})
    if "GiveVerdict" in names:
        return call("GiveVerdict", {"agree": True, "reason": "fine"})
    found = re.search(r"<variation>\n(\d+)", said)
    variation = int(found[1]) if found else 0
    sql = _SHAPES[variation % len(_SHAPES)].format(1)
    kind = "ProposeCandidate" if "ProposeCandidate" in names else "ProposeRepair"
    return call(kind, {"sql": sql, "question": f"Question {variation} about more than 1?", "change": "all"})


class _Listener(ThreadingHTTPServer):
    request_queue_size = 256  # connections that come at once; of more than these the system drops some for a second


class ChatServer:
    """A running server; ``answer`` gives the reply to a request, called from many threads at a time."""

    def __init__(self, answer: Callable[[Request], Reply] = well_behaved) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.arrivals: list[float] = []
        self.shown: list[str] = []  # in the header Authorization
        self.most_at_once = 0
        self._under_way, self._lock = 0, threading.Lock()
        self._server = _Listener(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @contextmanager
    def running(self) -> Iterator["ChatServer"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def reply(self, request: Request) -> Reply:
        """Count a request and wait as long as its reply says."""
        with self._lock:
            self.requests.append(request)
            self.arrivals.append(time.monotonic())
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            reply = self.answer(request)
            time.sleep(reply.delay)
            return reply
        finally:
            with self._lock:
                self._under_way -= 1


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.shown.append(self.headers["authorization"])
            reply = server.reply(request)
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut])
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
