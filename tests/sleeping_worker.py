"""Workers of a few lines, to see how the processes are kept: a module that `Workers` starts."""

from __future__ import annotations

import os
import re
import socket
import time


def serve(ledger, right, address, pipe, limits):
    """Be one whose ledger says how it is."""
    kind = ledger.name
    if kind == "dies":
        os._exit(1)
    if kind == "babbles":
        pipe.send_bytes(b"anything at all")
        pipe.poll(60)  # until it is let go
        return
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        pipe.send_bytes(b"loading")
        if kind == "loads":
            pipe.poll(60)
            return
        pipe.send_bytes(b"ready")
        while not pipe.poll(0):
            listening.settimeout(0.05)
            try:
                wire, _ = listening.accept()
            except TimeoutError:
                continue
            with wire:
                wire.settimeout(None)
                answer(kind, wire, pipe)


def answer(kind, wire, pipe):
    """Answer one request, or do not."""
    head = wire.recv(65536)
    length = re.search(rb"Content-Length: (\d+)", head, re.IGNORECASE)
    while length and len(head.partition(b"\r\n\r\n")[2]) < int(length[1]):  # who asks may send the body by itself
        head += wire.recv(65536)
    if kind == "reloads":
        pipe.send_bytes(b"loading")
    if kind == "stares":
        time.sleep(60)
    elif kind == "reloads":
        pipe.poll(60)
    elif kind == "breaks":
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    elif kind == "garbles":
        wire.sendall(b"\x00\x01\x02")
    else:
        body = head
        more = b"Set-Cookie: a=b\r\nX-Kept: yes\r\n"
        wire.sendall(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (more, len(body)))
        if not head.startswith(b"HEAD"):
            wire.sendall(body)
