#!/usr/bin/python3
"""Prints the messages in a folder of .eml files as JSON, oldest first, as Python's email package reads them: header,
texts, the calendar, and what is wrong with the message (RFC 5322, 2045, 2047)."""

import email
import email.policy
import json
import pathlib
import re
import sys


def read(path):
    """One message."""
    data = path.read_bytes()
    message = email.message_from_bytes(data, policy=email.policy.default)
    found = {"defects": [str(defect) for part in message.walk() for defect in part.defects], "parts": []}
    for name, value in message.items():
        found.setdefault("headers", {}).setdefault(name.lower(), []).append(str(value))
        found["defects"] += [str(defect) for defect in value.defects]
    head = data.split(b"\r\n\r\n", 1)[0]
    if re.search(rb"[^\x20-\x7e\r\n]|[^\r]\n|\r[^\n]", head) or max(map(len, data.split(b"\r\n"))) > 998:
        found["defects"].append("a header that is not ASCII, or a line that is too long")
    for part in message.walk():
        kind = part.get_content_type()
        found["parts"].append(kind)
        if kind in ("text/plain", "text/html", "text/calendar"):
            found[kind.split("/")[1]] = part.get_content()
            if kind == "text/calendar":
                found["method"] = part.get_param("method")
    found["subject"] = str(message["Subject"])
    found["to"] = str(message["To"]).strip("<>")
    return found


folder = pathlib.Path(sys.argv[1])
print(json.dumps([read(path) for path in sorted(folder.glob("*.eml"), key=lambda path: int(path.stem))]))
