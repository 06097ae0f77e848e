"""Sends every datagram back to whom it came from."""
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 9999))
while True:
    data, peer = server.recvfrom(65536)
    server.sendto(data, peer)
