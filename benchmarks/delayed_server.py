"""A chat server in OpenAI's protocol that answers each call a fixed time after it came: `delayed_server.py SECONDS`.

Prints its address, and serves until it is ended.
"""

import asyncio
import json
import re
import sys

_COLUMNS = ("name", "category", "price", "stock", "weight_kg", "launched_on", "discontinued", "product_id")


def reply(request: str) -> dict[str, object]:
    """Return the tool call that answers an agent's request."""
    variation = re.search(r"<variation>\\n(\d+)", request)
    if '"ProposeTemplate"' in request:
        return {"name": "ProposeTemplate", "arguments": {"template": "SELECT t1.text_1 FROM table_1 AS t1"}}
    if '"ProposeCandidate"' in request:
        number = int(variation[1]) if variation else 0
        chosen = ", ".join(c for bit, c in enumerate(_COLUMNS) if (number + 1) % 255 >> bit & 1)
        arguments = {"sql": f"SELECT {chosen or 'name'} FROM products", "question": f"Question {number}?"}
        return {"name": "ProposeCandidate", "arguments": arguments}
    return {"name": "GiveVerdict", "arguments": {"agree": True, "reason": "fine"}}


def message(request: str) -> dict[str, object]:
    """Return what the assistant says: a query, where no tools are offered."""
    if '"tools"' not in request:
        return {"role": "assistant", "content": "SELECT name FROM products"}
    made = reply(request)
    called = {"id": "call_1", "type": "function", "function": {**made, "arguments": json.dumps(made["arguments"])}}
    return {"role": "assistant", "content": None, "tool_calls": [called]}


def completion(request: str) -> bytes:
    """Return the HTTP reply to a request's body."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "delayed", "usage": usage}
    body["choices"] = [{"index": 0, "finish_reason": "stop", "message": message(request)}]
    text = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text)


async def serve(delay: float) -> None:
    """Serve for ever, several requests on each connection."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                await asyncio.sleep(delay)
                writer.write(completion(body.decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
