# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins of services on the network have between them: a server that keeps
connections, writes down what it was asked, and does wrong as a scenario says.

A service is a class with answer(request) -> (status, headers, body); Fail is raised for
an error that it answers. Options of every stand-in:

  --port-file FILE   where the port goes once it listens (on 127.0.0.1)
  --log FILE         a line of JSON a request: n, operation, status, fault, connection
  --scenario FILE    a JSON list of {"operation": NAME or "*", "from": N, "to": N,
                     "every": N, "fault": WORD, "value": …}; N count the requests of the
                     operation from 1; the first that fits is done. The file may
                     be replaced: then counting begins anew
  --tls CERT KEY     HTTPS

GET /standin/idle is answered once nobody else is connected.

Faults: status (value: the HTTP status, or [status, headers, body]), slow (seconds),
silent (no answer), half (half of the body and the end), reset (half of the body and a
reset), not-json, other-json (JSON that is no answer), huge (value: bytes), drip (a byte
each so many seconds, without end), close (before any answer). A service may know more words.
"""
import argparse
import json
import os
import select
import socket
import ssl
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Fail(Exception):
    """An answer that is an error: status, headers, body."""

    def __init__(self, status, body, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Scenario:
    def __init__(self, path):
        self.path, self.rules, self.file = path, [], None
        self.counts, self.lock = {}, threading.Lock()

    def read(self):
        now = os.stat(self.path)
        if (now.st_ino, now.st_mtime_ns) != self.file:
            self.file = now.st_ino, now.st_mtime_ns
            with open(self.path, encoding="utf-8") as f:
                self.rules, self.counts = json.load(f), {}

    def next(self, operation):
        """The number of this request, and the rule that it falls under or None."""
        with self.lock:
            if self.path:
                self.read()
            n = self.counts[operation] = self.counts.get(operation, 0) + 1
            total = self.counts["*"] = self.counts.get("*", 0) + 1
        for rule in self.rules:
            wanted = rule.get("operation", "*")
            at = total if wanted == "*" else n
            if (wanted in ("*", operation) and at >= rule.get("from", 1)
                    and at <= rule.get("to", 1 << 60) and at % rule.get("every", 1) == 0):
                return n, rule
        return n, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version, sys_version = "standin", ""

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError, socket.timeout):
            self.close_connection = True

    def send_whole(self, status, headers, body, part=None, declared=None):
        head = [f"HTTP/1.1 {status} x\r\n"]
        headers = dict(headers)
        headers.setdefault("Content-Length", str(len(body) if declared is None else declared))
        head += [f"{name}: {value}\r\n" for name, value in headers.items()]
        data = "".join(head).encode() + b"\r\n" + (body if part is None else body[:part])
        self.wfile.write(data)
        self.wfile.flush()

    def end(self, reset=False):
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
        self.close_connection = True
        try:
            if not reset:
                self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()

    def rest(self, seconds):
        """For so long, or until who waits for it is gone."""
        select.select([self.connection], [], [], seconds)

    def misbehave(self, rule, status, headers, body):
        """Answers as the rule says."""
        fault, value = rule["fault"], rule.get("value")
        if fault == "status":
            value = value if isinstance(value, list) else [value, {}, "{}"]
            self.write_down(value[0])
            self.send_whole(value[0], value[1], value[2].encode())
        elif fault == "slow":
            self.rest(value)
            self.write_down(status)
            self.send_whole(status, headers, body)
        elif fault in ("not-json", "other-json"):
            body = '{"Face' if fault == "not-json" else value or '{"Hello": ["there"]}'
            self.write_down(200)
            self.send_whole(200, headers, body.encode())
        elif fault == "silent":
            self.rest(value or 3600)
            self.write_down(0)
            self.end()
        else:
            self.write_down(0)
            self.break_off(fault, value, status, headers, body)

    def break_off(self, fault, value, status, headers, body):
        if fault in ("half", "reset"):
            self.send_whole(status, headers, body, len(body) // 2)
            self.end(fault == "reset")
        elif fault == "huge":
            self.send_whole(200, headers, b"", declared=value)
            for _ in range(value // 65536):
                self.wfile.write(b" " * 65536)
            self.end()
        elif fault == "drip":
            self.send_whole(status, headers, b"", declared=1 << 20)
            while True:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(value or 0.2)
        elif fault == "close":
            self.end()
        else:
            raise ValueError(f"no fault {fault}")

    def write_down(self, status):
        """Before it is sent: whoever has an answer finds it in the log."""
        self.server.write_down({**self.line, "status": status})

    def wait_alone(self):
        """Until this connection is the only one."""
        while self.server.connected > 1:
            time.sleep(0.01)
        self.send_whole(200, {}, b"")

    def do_POST(self):
        if self.path == "/standin/idle":
            return self.wait_alone()
        length = int(self.headers.get("Content-Length") or 0)
        service = self.server.service
        request = Request(self.command, self.path, self.headers, self.rfile.read(length))
        operation = service.operation(request)
        n, rule = self.server.scenario.next(operation)
        if rule and hasattr(service, "prepare"):
            rule = service.prepare(rule)
        try:
            status, headers, body = service.answer(request)
        except Fail as fail:
            status, headers, body = fail.status, fail.headers, fail.body
        self.line = {"n": n, "operation": operation, "status": 0,
                     "fault": rule["fault"] if rule else None,
                     "connection": self.client_address[1], **service.about(request)}
        if rule:
            self.misbehave(rule, status, headers, body)
        else:
            self.write_down(status)
            self.send_whole(status, headers, body)

    do_GET = do_PUT = do_DELETE = do_PATCH = do_POST


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, service, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.service, self.scenario = service, Scenario(options.scenario)
        self.log = open(options.log, "a", encoding="utf-8") if options.log else None
        self.lock, self.connected = threading.Lock(), 0
        if options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*options.tls)
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)

    def process_request(self, request, client_address):
        with self.lock:
            self.connected += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.lock:
                self.connected -= 1

    def write_down(self, what):
        if self.log:
            with self.lock:
                self.log.write(json.dumps(what) + "\n")
                self.log.flush()

    def handle_error(self, request, client_address):
        pass


def parser(about):
    p = argparse.ArgumentParser(description=about)
    p.add_argument("--port-file", required=True)
    p.add_argument("--log")
    p.add_argument("--scenario")
    p.add_argument("--tls", nargs=2)
    return p


def serve(service, options):
    server = Server(service, options)
    with open(options.port_file + ".tmp", "w", encoding="utf-8") as f:
        f.write(f"{server.server_port}\n")
    os.rename(options.port_file + ".tmp", options.port_file)
    server.serve_forever()
