"""A server and its client, each in a process of its own: sockets.py inet|inet6|unix."""
import os
import socket
import sys

family = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX}[sys.argv[1]]
address = {"inet": ("127.0.0.1", 0), "inet6": ("::1", 0), "unix": "server.socket"}[sys.argv[1]]

server = socket.socket(family, socket.SOCK_STREAM)
server.bind(address)
server.listen(5)
child = os.fork()
if child == 0:
    client = socket.socket(family, socket.SOCK_STREAM)
    client.connect(server.getsockname())
    client.sendall(b"ping from client")
    assert client.recv(100) == b"pong from server"
    os._exit(0)
connection, peer = server.accept()
assert connection.recv(100) == b"ping from client"
connection.sendall(b"pong from server")
connection.close()
_, status = os.waitpid(child, 0)
sys.exit(status != 0)
