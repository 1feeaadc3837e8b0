"""A strategy on the official CloudEvents SDK alone: LONG after a bar that closes above its open, SHORT after one below."""

import json
import os
import signal
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_http_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent

SOURCE = "/ingenium/strategy/python-sdk"
SCHEMA = "https://schemas.ingenium.example/1/strategy.signal.json"
OVERRIDES = json.loads(os.environ.get("K_CE_OVERRIDES") or "{}").get("extensions", {})


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


OPENER = build_opener(NoRedirect)


def read(headers: dict[str, str], body: bytes) -> BaseCloudEvent | None:
    """The event, or None where there is none."""
    try:
        binary = any(name.startswith("ce-") for name in headers)
        given = {name[3:] for name in headers} if binary else set(json.loads(body))
        # The SDK makes up an id where there is none, and whoever does that can recognize no event.
        if not {"specversion", "id", "source", "type"} <= given:
            return None
        # The SDK takes any media type as structured.
        if not binary and not headers.get("content-type", "").lower().startswith("application/cloudevents+json"):
            return None
        if not binary:
            # A null attribute is an absent one; the SDK takes it for a value.
            members = {name: value for name, value in json.loads(body).items() if value is not None}
            body = json.dumps(members).encode()
        # It percent-decodes header values and leaves their quotes.
        headers = {name: value.strip('"') if name.startswith("ce-") else value for name, value in headers.items()}
        return from_http_event(HTTPMessage(headers, body))
    except Exception:  # the SDK raises what its parsers raise
        return None


def decide(event: BaseCloudEvent) -> CloudEvent | None:
    data = event.get_data()
    if event.get_type() != "ingenium.ingestor.data" or not isinstance(data, dict):
        return None
    bar: Any = data.get("Data")
    if data.get("Type") != "data.type.ohlc" or bar.get("Final") is False:
        return None
    if bar["Close"] == bar["Open"]:
        return None
    rises = float(bar["Close"]) > float(bar["Open"])
    end = str(data.get("EndTimestamp", data["Timestamp"]))
    attributes = {
        # The same cause has the same effect under the same id: a redelivery makes no second signal.
        "id": f"{event.get_id()}-signal",
        "source": SOURCE,
        "type": "ingenium.strategy.signal",
        "subject": data["Symbol"],
        "time": datetime.fromisoformat(end.replace("Z", "+00:00")),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA,
        "partitionkey": data["Symbol"],
        "causationid": event.get_id(),
        "correlationid": event.get_extension("correlationid") or event.get_id(),
        **OVERRIDES,
    }
    if run := event.get_extension("ingeniumrun"):
        attributes["ingeniumrun"] = run
    signal = {"Symbol": data["Symbol"], "Signal": "LONG" if rises else "SHORT", "Timestamp": end}
    return CloudEvent(attributes, signal)


def is_valid(event: BaseCloudEvent) -> bool:
    """What the SDK does not know: the data of a bar."""
    data: Any = event.get_data()
    if event.get_type() != "ingenium.ingestor.data":
        return True
    if not isinstance(data, dict) or not isinstance(data.get("Symbol"), str) or not data["Symbol"]:
        return False
    if data.get("Type") != "data.type.ohlc":
        return True
    bar = data.get("Data")
    names = ("Open", "High", "Low", "Close", "Volume")
    return isinstance(bar, dict) and all(isinstance(bar.get(name), str) for name in names) and "Timestamp" in data


def post(signal: CloudEvent) -> int:
    message = to_binary_event(signal)
    try:
        request = Request(os.environ["K_SINK"], message.body, message.headers, method="POST")
        with OPENER.open(request, timeout=float(os.environ.get("K_SINK_TIMEOUT", "30"))) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(self.receive({name.lower(): value for name, value in self.headers.items()}, body))

    def receive(self, headers: dict[str, str], body: bytes) -> int:
        event = read(headers, body)
        if event is None or not is_valid(event):
            return 400
        signal = decide(event)
        if signal is None:
            return 204
        status = post(signal)
        # What the sink refuses for good is lost; everything else the broker delivers again.
        return 204 if 200 <= status < 300 or status in (400, 401, 403, 413, 422) else 503

    def do_GET(self) -> None:
        self.answer(405)

    do_PUT = do_DELETE = do_PATCH = do_GET

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128


if __name__ == "__main__":
    server = Server(("", int(os.environ.get("PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    os._exit(0)
