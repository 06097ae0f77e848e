"""The shop's ledger: plain TCP on port 7000, and it speaks first. BOOK ID is answered by BOOKED ID."""
import os
import re
import signal
import socketserver
import sys


class Ledger(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"LEDGER 1\n")
        for line in self.rfile:
            match = re.fullmatch(rb"BOOK ([\w-]{1,100})\n", line)
            if not match:
                self.wfile.write(b"BAD BOOK ID\n")
                return
            print("id=" + match[1].decode(), flush=True)
            self.wfile.write(b"BOOKED " + match[1] + b"\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
Server(("", int(os.environ.get("PORT", "7000"))), Ledger).serve_forever()
