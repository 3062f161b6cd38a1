"""Free ports on 127.0.0.1 for one stack: a block below the range that the kernel uses for outgoing
connections, derived from the stack's folder so that it stays the same between starts."""

import hashlib
import socket

FIRST, LAST, BLOCK = 18000, 32000, 16


def is_free(port):
    """Whether a listener could bind the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def block_for(folder, count):
    """The first `count` ports of a block that is entirely free."""
    blocks = (LAST - FIRST) // BLOCK
    start = int.from_bytes(hashlib.sha256(str(folder).encode()).digest()[:4], "big") % blocks
    for step in range(blocks):
        base = FIRST + (start + step) % blocks * BLOCK
        ports = list(range(base, base + count))
        if all(map(is_free, ports)):
            return ports
    raise RuntimeError("there is no block of free ports on 127.0.0.1")
