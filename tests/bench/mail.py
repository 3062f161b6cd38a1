"""Q1: mails queued in one transaction and sent to a server that takes everything. Every message must arrive, and
none twice."""

import asyncio
import re
import threading
import time

from stand import BASE, ID

WAIT_SECONDS = 900

# One notification for each of these people, as a consumer makes them.
QUEUE = """
INSERT INTO scheduling.notification (id, person_id, kind, subject, subject_id, cause)
SELECT gen_random_uuid(), ('{id}' || {base} + n)::uuid, 'listing_replied', 'listing', gen_random_uuid(), 'bench {turn}'
FROM generate_series(1, {count}) n;
"""
# Nobody has quiet hours while this runs.
AWAKE = """
INSERT INTO common.setting AS s (name, value) SELECT 'quiet_hours', json_build_object(
	'starts', to_char(t, 'HH24:MI'), 'ends', to_char(t + interval '1 minute', 'HH24:MI'))
FROM (SELECT date_trunc('hour', common.now()) + interval '12 hours 30 minutes') x (t)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
"""
LEFT = "SELECT count(*) FILTER (WHERE outcome IS NULL), count(*) FILTER (WHERE outcome <> 'sent') FROM scheduling.delivery"


class Sink:
    """A mail server (RFC 5321) in a thread of its own, which keeps the Message-IDs alone."""

    def __init__(self):
        self.seen, self.port, ready = {}, None, threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait(10)

    def _run(self, ready):
        async def serve():
            server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 22)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            async with server:
                await server.serve_forever()
        asyncio.run(serve())

    async def _talk(self, reader, writer):
        writer.write(b"220 sink ESMTP\r\n")
        try:
            while line := await reader.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    writer.write(b"354 go on\r\n")
                    self._take(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250-sink\r\n250 PIPELINING\r\n" if word == b"EHLO" else
                             b"221 bye\r\n" if word == b"QUIT" else b"250 OK\r\n")
                if word == b"QUIT":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    def _take(self, data):
        found = re.search(rb"^Message-ID: <([^>]+)>", data, re.M)
        name = found.group(1) if found else b""
        self.seen[name] = self.seen.get(name, 0) + 1

    def messages(self):
        """(messages, different ones)"""
        return sum(self.seen.values()), len(self.seen)


class Mail:
    """The queue of mails."""

    def __init__(self, stand, count):
        self.stand, self.count, self.turn = stand, count, 0
        self.sink = Sink()
        stand.restart("scheduling", f"MAIL_SERVER=smtp://127.0.0.1:{self.sink.port}")
        stand.sql(AWAKE)
        self._wait(lambda: stand.sql("SELECT count(*) FROM scheduling.channel WHERE open").strip() == "1", 30)

    @staticmethod
    def _wait(done, seconds):
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise RuntimeError("it takes too long")
            time.sleep(0.05)

    def end(self):
        """Mail is off again."""
        self.stand.restart("scheduling")

    def round(self):
        """From the INSERT to the last message."""
        self.turn += 1
        self.sink.seen.clear()
        began = time.monotonic()
        self.stand.sql(QUEUE.format(id=ID, base=BASE, turn=self.turn, count=self.count))
        queued = time.monotonic() - began
        before = self.stand.clock(self.stand.pid("scheduling"))
        self._wait(lambda: len(self.sink.seen) >= self.count, WAIT_SECONDS)
        took = time.monotonic() - began
        self._wait(lambda: self.stand.sql(LEFT).startswith("0|"), 60)
        messages, different = self.sink.messages()
        return {"Q1": {"ratio": self.count / took, "queued": queued,
                       "cpu": (self.stand.clock(self.stand.pid("scheduling")) - before) * 1000 / self.count,
                       "lost": self.count - different, "doubled": messages - different}}
