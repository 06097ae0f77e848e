"""A program that knows nothing of a mesh: app.py NAME PORT FOLDER.

Answers every GET with its name, and every UDP packet with itself, and notes the path, which is what the packet says,
in FOLDER/NAME.requests. What it is to call is said to it by the
Unix socket FOLDER/NAME.sock, which no packet rule sees: one line, and its answer.

    fetch URL            what the server said, or "refused: " and why
    child URL            the same, by a daemon: a process that has left the session and lost its parent
    dns udp|tcp SERVER NAME   the first IPv4 address in the answer
    udp SERVER PORT PATH COUNT   how many of so many packets came back
    linger               starts a daemon that stays, and ignores SIGTERM; says its pid
    connect HOST PORT [PATH]   keeps a connection, and has asked for something by it: "connected"
    ask PATH             what the server said by that connection, or "refused: " and why
    exit                 ends at once
"""

import http.client
import http.server
import os
import random
import signal
import socket
import struct
import sys
import threading
import urllib.request

LIMIT = 3  # seconds that anything may take

name, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
requests = open(os.path.join(folder, name + ".requests"), "a", buffering=1)


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        requests.write(self.path + "\n")
        body = name.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def fetch(url):
    # No proxy, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=LIMIT) as answer:
            return answer.read().decode()
    except OSError as e:
        return "refused: %s" % e


kept = []


def connect(host, to, path=None):
    try:
        connection = http.client.HTTPConnection(host, int(to), timeout=LIMIT)
        connection.connect()
    except OSError as e:
        return "refused: %s" % e
    connection.auto_open = 0  # one that is broken is not made anew
    kept[:] = [connection]
    if path:
        ask(path)
    return "connected"


def ask(path):
    try:
        kept[0].request("GET", path)
        return kept[0].getresponse().read().decode()
    except (OSError, http.client.HTTPException) as e:
        return "refused: %s" % e


def by_daemon(what, stays=False):
    """Runs it in a grandchild of its own session, and returns what that says: one line."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, (what() + "\n").encode())
            os.closerange(3, 1024)  # among them the port of the app and the line to who asked
            while stays:
                signal.pause()
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as said:
        return said.readline()


def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return str(os.getpid())


def dns(transport, server, asked):
    question = b"".join(bytes([len(part)]) + part.encode() for part in asked.split(".")) + b"\0"
    query = struct.pack("!6H", random.getrandbits(16), 0x0100, 1, 0, 0, 0) + question + struct.pack("!2H", 1, 1)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    try:
        with socket.socket(family, kind) as sock:
            sock.settimeout(LIMIT)
            sock.connect((server, 53))
            if transport == "udp":
                sock.send(query)
                reply = sock.recv(4096)
            else:
                sock.sendall(struct.pack("!H", len(query)) + query)
                stream = sock.makefile("rb")
                reply = stream.read(struct.unpack("!H", stream.read(2))[0])
    except OSError as e:
        return "refused: %s" % e
    # The first record follows the question; its name is a pointer of two bytes, its data four.
    record = reply[len(query):]
    if len(record) < 16 or record[:2] != b"\xc0\x0c" or record[2:4] != b"\0\1":
        return "no address"
    return socket.inet_ntoa(record[12:16])


def udp(server, to, path, count):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(LIMIT)
        sock.connect((server, int(to)))
        back = 0
        try:
            for _ in range(int(count)):
                sock.send(path.encode())
                back += sock.recv(4096) == path.encode()
        except OSError as e:
            return "refused: %s" % e
        return "%d came back" % back


def answer_packets():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.bind(("::", port))
        while True:
            packet, sender = sock.recvfrom(4096)
            requests.write(packet.decode() + "\n")
            sock.sendto(packet, sender)


def answer(words):
    if words[0] == "fetch":
        return fetch(words[1])
    if words[0] == "child":
        return by_daemon(lambda: fetch(words[1]))
    if words[0] == "dns":
        return dns(*words[1:])
    if words[0] == "udp":
        return udp(*words[1:])
    if words[0] == "connect":
        return connect(*words[1:])
    if words[0] == "ask":
        return ask(words[1])
    if words[0] == "linger":
        return by_daemon(stubborn, stays=True)
    if words[0] == "exit":
        os._exit(0)
    return "unknown: " + " ".join(words)


def listen_for_orders():
    path = os.path.join(folder, name + ".sock")
    if os.path.exists(path):
        os.remove(path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection, connection.makefile("rw") as stream:
                try:
                    stream.write(answer(stream.readline().split()))
                except Exception as e:  # said to the one who asked
                    stream.write("failed: %r" % e)


server = Server(("::", port), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
threading.Thread(target=answer_packets, daemon=True).start()
listen_for_orders()
