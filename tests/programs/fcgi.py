"""Asks a FastCGI server for one script: fcgi.py SOCKET SCRIPT. Prints what comes back."""
import socket
import struct
import sys

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def record(kind, body):
    return struct.pack(">BBHHBB", 1, kind, 1, len(body), 0, 0) + body


def receive(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            sys.exit("the server closed the connection")
        data += piece
    return data


connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.connect(sys.argv[1])
parameters = {"SCRIPT_FILENAME": sys.argv[2], "REQUEST_METHOD": "GET"}
encoded = b"".join(bytes([len(k), len(v)]) + k.encode() + v.encode() for k, v in parameters.items())
connection.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) + record(PARAMS, encoded) + record(PARAMS, b"") +
                   record(STDIN, b""))
while True:
    _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", receive(connection, 8))
    body = receive(connection, length + padding)[:length]
    if kind == STDOUT:
        sys.stdout.write(body.decode())
    if kind == END:
        break
