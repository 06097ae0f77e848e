"""The shop's orders: GET /order?id=ID, from stock (HTTP) and the ledger (a line protocol over TCP)."""
import json
import os
import re
import signal
import socket
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DEADLINE = 5
PORT = int(os.environ.get("PORT", "8080"))
LEDGER = ("ledger", 7000)
PROXY = urlsplit(os.environ.get("all_proxy", ""))


def stock(id):
    with urllib.request.urlopen("http://stock/item.json?id=" + id, timeout=DEADLINE) as answer:
        return json.load(answer)


def connect(host, port):
    """A TCP connection, through a proxy where the environment names one."""
    if not PROXY.hostname:
        return socket.create_connection((host, port), timeout=DEADLINE)
    connection = socket.create_connection((PROXY.hostname, PROXY.port), timeout=DEADLINE)
    try:
        connection.sendall(("CONNECT %s:%d HTTP/1.1\r\nHost: %s:%d\r\n\r\n" % (2 * (host, port))).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):  # not a byte more: the rest is the ledger's
            byte = connection.recv(1)
            if not byte:
                raise OSError("the proxy closed the connection")
            head += byte
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise OSError("the proxy answered %r" % head)
        return connection
    except BaseException:
        connection.close()
        raise


def book(id):
    with connect(*LEDGER) as connection:
        lines = connection.makefile("rw", encoding="ascii", newline="\n")
        greeting = lines.readline()
        if greeting != "LEDGER 1\n":
            raise OSError("the ledger greeted with %r" % greeting)
        lines.write("BOOK " + id + "\n")
        lines.flush()
        answer = lines.readline()
        if answer != "BOOKED " + id + "\n":
            raise OSError("the ledger answered %r" % answer)
        return answer.strip()


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body leave together

    def do_GET(self):
        url = urlsplit(self.path)
        id = parse_qs(url.query).get("id", [""])[0]
        if url.path != "/order" or not re.fullmatch(r"[\w-]{1,100}", id):
            self.answer(404, {"error": "GET /order?id=ID"})
            return
        print("id=" + id, flush=True)
        try:
            self.answer(200, {"stock": stock(id), "ledger": book(id)})
        except (OSError, ValueError) as e:
            print("failed id=%s: %s" % (id, e), file=sys.stderr, flush=True)
            self.answer(502, {"error": "orders: %s" % e})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Server(("", PORT), Orders).serve_forever()
