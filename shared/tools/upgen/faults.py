"""Faults of the sources, all of them at once, each with file and line."""


class Faults:
    def __init__(self):
        self.items = []
        self.gaps = []   # unfinished, not wrong: see contract.py --lenient

    def gap(self, file, line, message):
        self.gaps.append((str(file), int(line or 0), message))

    def add(self, file, line, message):
        item = (str(file), int(line or 0), message)
        if item not in self.items:
            self.items.append(item)

    def lines(self):
        return [f'{file}:{line}: {message}' for file, line, message in sorted(self.items)]

    def close_gaps(self):
        """From now on what is missing is a fault."""
        for gap in self.gaps:
            self.add(*gap)
        self.gaps = []

    def __len__(self):
        return len(self.items)
