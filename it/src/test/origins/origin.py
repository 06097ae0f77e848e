"""An origin for ./ondine it differential: Python's http.server. Logs each request as it sees its head."""
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def parse_request(self):
        good = super().parse_request()
        if good:
            log.write(f"{self.headers.get('x-request-id', '-')} {self.command} {self.path}\n")
            log.flush()
        return good

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            while (size := int(self.rfile.readline().split(b";")[0], 16)) > 0:
                self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
        else:
            self.rfile.read(int(self.headers.get("content-length", 0)))

    def answer(self):
        self.body()
        self.send_response(200)
        self.send_header("content-length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok\n")

    def __getattr__(self, name):
        if name.startswith("do_"):  # whatever the method
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256  # as many as may connect at once; its own 5 make others wait for seconds


log = open(sys.argv[2], "a", encoding="latin-1")
Server(("127.0.0.1", int(sys.argv[1])), Origin).serve_forever()
