"""A component on Knative: events come in by POST, and what they lead to is posted to K_SINK."""

import json
import os
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ingenium_events import Event, Payload, Refused, UnknownEvent, from_cloud_event, to_cloud_event

Handle = Callable[[Event[Payload]], list[Event[Payload]]]

SINK = os.environ.get("K_SINK", "")
TIMEOUT = float(os.environ.get("K_SINK_TIMEOUT", "30"))
OVERRIDES: dict[str, str] = json.loads(os.environ.get("K_CE_OVERRIDES") or "{}").get("extensions", {})

# So many events are remembered; a broker delivers an event again within seconds or minutes.
REMEMBERED = 10_000


class NoRedirect(HTTPRedirectHandler):
    """A redirect is not a delivery: the broker would never see the event."""

    def redirect_request(self, *_: object) -> None:
        return None


OPENER = build_opener(NoRedirect)


class Component:
    """Handles each event once, and keeps what it led to until the sink has it."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.lock = threading.Lock()
        self.known: OrderedDict[tuple[str, str], list[Event[Payload]]] = OrderedDict()

    def receive(self, event: Event[Payload] | UnknownEvent) -> int:
        if not isinstance(event, Event):
            return 204
        key = (event.source, event.id)
        with self.lock:
            if key not in self.known:
                self.known[key] = self.handle(event)
                if len(self.known) > REMEMBERED:
                    self.known.popitem(last=False)
            waiting = self.known[key]
            while waiting:
                status = post(waiting[0])
                if status in (400, 401, 403, 413, 422):
                    log("the sink refuses it", event=waiting[0].id, status=status)
                elif not 200 <= status < 300:
                    return 503  # the broker delivers the event again, and the rest is posted then
                waiting.pop(0)
        return 204


def log(message: str, **fields: object) -> None:
    print(json.dumps({"message": message, **fields}), file=sys.stderr, flush=True)


def post(event: Event[Payload]) -> int:
    """The sink's answer; 0 when there is none."""
    headers, body = to_cloud_event(event)
    try:
        with OPENER.open(Request(SINK, body, headers, method="POST"), timeout=TIMEOUT) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


def serve(handle: Handle) -> None:
    """Serves until TERM, and ends when what was begun is done."""
    component = Component(handle)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                self.answer(component.receive(from_cloud_event(self.headers, body)))
            except Refused as refused:
                self.answer(refused.http_status)

        def do_GET(self) -> None:
            self.answer(200 if self.path in ("/healthz", "/readyz") else 405)

        do_PUT = do_DELETE = do_PATCH = do_GET

        def answer(self, status: int) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", "0")
            if status == 405:
                self.send_header("Allow", "POST")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing about requests: a component's output is for what matters."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("", int(os.environ.get("PORT", "8080"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.socket.close()
    # Whoever holds the lock is in the middle of an event.
    with component.lock:
        pass
