"""Exchanges datagrams and asks a resolver, then prints what the sidecar counted of it."""
import re
import socket
import time
import urllib.error
import urllib.request

ECHO = ("10.77.0.2", 9999)


def metrics():
    try:
        with urllib.request.urlopen("http://127.0.0.1:15000/metrics", timeout=5) as page:
            return page.read().decode()
    except (urllib.error.URLError, OSError):
        return ""  # the sidecar is not there yet


def figures():
    return sorted(re.findall(r"^ondine_udp_passed.*$", metrics(), re.M))


def query():
    """A question for orders.default.mesh, which the rules take to the sidecar."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.2)
        name = b"\x06orders\x07default\x04mesh\x00"
        asker.sendto(b"\x12\x34\x01\x00\x00\x01" + bytes(6) + name + b"\x00\x01\x00\x01", ("10.77.0.2", 53))
        try:
            asker.recvfrom(512)
        except (TimeoutError, ConnectionError):
            pass


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(10)
    client.bind(("10.77.0.1", 7777))
    for number in range(20):
        text = b"datagram %02d" % number
        client.sendto(text, ECHO)
        assert client.recvfrom(100) == (text, ECHO)
print("untouched both ways")
for _ in range(5):
    query()

for _ in range(600):
    if any(re.search(r"packets.* 20(\.0)?$", line) for line in figures()):
        break
    time.sleep(0.1)
time.sleep(6)  # whatever is counted late
print("\n".join(figures()))
