"""LONG when a bar closes above the one before, SHORT when below. It answers with the signal, and needs only Python."""

import hashlib
import json
import os
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

STRUCTURED = "application/cloudevents+json"
SCHEMA = "https://schemas.ingenium.example/1/strategy.signal.json"
closes = {}  # the last close of each symbol


def decide(bar):
    """The direction that a bar asks for, if any."""
    if bar["Type"] != "data.type.ohlc":
        return None
    figures = [bar["Data"][name] for name in ("Open", "High", "Low", "Close", "Volume")]
    if not all(isinstance(figure, str) and Decimal(figure) >= 0 for figure in figures):
        raise ValueError("a figure is no decimal")
    close = Decimal(bar["Data"]["Close"])
    before = closes.get(bar["Symbol"], close)
    closes[bar["Symbol"]] = close
    return None if close == before else "LONG" if close > before else "SHORT"


class Strategy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        media_type = self.headers.get_content_type()
        if media_type not in ("application/json", STRUCTURED):
            return self.answer(415)
        try:
            event = json.loads(body) if media_type == STRUCTURED else self.binary(body)
            known = all(event[name] for name in ("id", "source", "type")) and event["specversion"] == "1.0"
            is_data = known and event["type"] == "ingenium.ingestor.data"
            direction = decide(event["data"]) if is_data else None
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return self.answer(400)
        if not known:
            return self.answer(400)
        return self.signal(event, direction) if direction else self.answer(202)

    def binary(self, body):
        """The event in headers and body; values are quoted and percent-encoded as CloudEvents has it."""
        event = {"data": json.loads(body)}
        for name, value in self.headers.items():
            if name.lower().startswith("ce-"):
                event[name[3:].lower()] = unquote(value.strip('"'), errors="strict")
        return event

    def signal(self, cause, direction):
        bar = cause["data"]
        end = bar.get("EndTimestamp", bar["Timestamp"])
        # The same cause gives the same id, however often it comes.
        identity = hashlib.sha256(f"{cause['source']} {cause['id']}".encode()).hexdigest()[:32]
        headers = {
            "ce-specversion": "1.0",
            "ce-id": identity,
            "ce-source": "/ingenium/strategy/mine",
            "ce-type": "ingenium.strategy.signal",
            "ce-subject": bar["Symbol"],
            "ce-time": end,
            "ce-dataschema": SCHEMA,
            "ce-partitionkey": bar["Symbol"],
            "content-type": "application/json",
        }
        self.answer(200, headers, {"Symbol": bar["Symbol"], "Timestamp": end, "Signal": direction})

    def answer(self, status, headers=None, data=None):
        body = json.dumps(data).encode() if data else b""
        self.send_response(status)
        for name, value in {**(headers or {}), "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self):
        self.answer(405, {"allow": "POST"})

    do_GET = do_PUT = do_DELETE = do_OPTIONS = refuse

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", int(os.environ["PORT"])), Strategy).serve_forever()
