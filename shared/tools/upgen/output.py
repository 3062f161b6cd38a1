"""Writes what changed and nothing else, so that make builds only what must be built."""

import os


class Output:
    def __init__(self, top):
        self.top, self.written = top, []

    def put(self, name, text):
        path = self.top / name
        data = text.encode('utf-8')
        try:
            if path.read_bytes() == data:
                return
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f'{path.name}.{os.getpid()}')  # several makes may run at once
        fresh.write_bytes(data)
        os.replace(fresh, path)
        self.written.append(name)

    def only(self, folder, names):
        """Removes from a folder the files that are no longer made."""
        for path in (self.top / folder).glob('*'):
            if path.is_file() and path.name not in names:
                path.unlink()
