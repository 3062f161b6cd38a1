#!/usr/bin/env python3
"""Fills in nginx.conf for one place and adds its problem documents.

    render.py [NAME=VALUE ...] > nginx.conf        names: see DEFAULTS, without @
"""

import json
import pathlib
import re
import sys

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
TEMPLATE = pathlib.Path(__file__).with_name("nginx.conf")

DEFAULTS = {
    "USER": "",  # "user x;" where nginx starts as root
    "DIR": "/run/upward",  # pid and temporary files
    "ERROR_LOG": "stderr",
    "ACCESS_LOG": "/dev/stdout",
    "STATIC": "/usr/share/upward",  # openapi.json, docs/, problems/, elements/, portal/
    "LISTEN": "127.0.0.1:8080",
    "TLS": "",  # certificate lines, with LISTEN="… ssl http2"
    "SCHEME": "$scheme",
    "HOSTS": "localhost 127.0.0.1",
    "PUBLIC_BASE_URL": "http://127.0.0.1:8080",
    "CORS_ORIGINS": "",  # exact origins, separated by commas: the same as the services'
    "PORTAL_ISSUER": "",  # the identity provider where the portal signs people in, and the portal's
    "PORTAL_CLIENT": "upward-portal",  # client there; a provider such as Entra wants a scope of the API
    "PORTAL_SCOPE": "openid",
    "PORTAL_ORIGIN": "",  # of the issuer; taken from it where it is left out
    "PROFILES": "127.0.0.1:8081",
    "MATCHING": "127.0.0.1:8082",
    "SCHEDULING": "127.0.0.1:8083",
    "EVALUATION": "127.0.0.1:8084",
    "CONNECTIONS": "100",  # requests at a time from one address
    "REQUESTS_PER_SECOND": "100",  # from one address, and how many more in a burst:
    "BURST": "200",
}

# Errors that nginx itself returns: its status (494-497 are internal to nginx), the status sent, the code and title
# from api/problems.yaml, the detail, and further headers.
PROBLEMS = [
    ([400, 495, 496, 497], 400, "bad_request", "The request is malformed.",
     "The request line, a header or the path is malformed.", {}),
    ([403, 404], 404, "not_found", "Not found.", None, {}),
    ([405], 405, "method_not_allowed", "The path does not support this method.",
     "No resource here supports this method.", {"Allow": "$allow"}),
    ([408], 408, "request_timeout", "The request took too long to arrive.", "The request did not arrive in time.",
     {}),
    ([413], 413, "too_large", "The body is too large.",
     "The body is larger than this resource accepts.", {}),
    ([414], 414, "uri_too_long", "The URL is too long.",
     "The URL is longer than 16 KiB.", {}),
    ([421], 421, "host_unknown", "This host is not served here.", None, {}),
    ([429], 429, "rate_limited", "Too many requests.",
     "Too many requests come from this address.", {"Retry-After": "1"}),
    ([431, 494], 431, "header_too_large", "The headers are too large.",
     "The request line and the headers together are larger than 16 KiB.", {}),
    ([500], 500, "internal", "An internal error occurred.", "The gateway failed.", {}),
    ([501], 501, "not_implemented", "The transfer encoding is not supported.",
     "This transfer encoding is not supported.", {}),
    ([502], 502, "bad_gateway", "The service does not answer.",
     "The service did not answer. A change may or may not have happened: repeat it with the same "
     "Idempotency-Key.", {"Retry-After": "1"}),
    ([503], 503, "unavailable", "The service is temporarily unavailable.",
     "The service is not available now.",
     {"Retry-After": "1"}),
    ([504], 503, "gateway_timeout", "The service took too long.",
     "The service did not answer in time. A change may or may not have happened: repeat it with "
     "the same Idempotency-Key.", {"Retry-After": "5"}),
]


def cors_origins(text):
    """Lines of the map of origins; what begins with @ is for the image's entry point to fill in."""
    if text.startswith("@"):
        return text
    origins = [one.strip() for one in text.split(",") if one.strip()]
    for one in origins:
        if not ORIGIN.fullmatch(one):
            raise ValueError(f"CORS_ORIGINS: {one} is not an origin such as https://portal.example.org")
    return "\n".join(f'\t\t"{one}" $http_origin;' for one in origins)


def error_pages(base_url, listed):
    """The error_page directives of a server and the locations that hold the documents."""
    lines = []
    vary = {"Vary": "Origin"} if listed else {}
    for statuses, status, code, title, detail, headers in PROBLEMS:
        page = f"/-/problem/{code}"
        body = json.dumps({"type": f"{base_url}/problems/{code}", "title": title, "status": status,
                           **({"detail": detail} if detail else {}), "code": code,
                           "request_id": "$id"}, separators=(",", ":"))
        for answered in statuses:
            lines.append(f"error_page {answered} ={status} {page};")
        lines += [f"location = {page} {{", "\tinternal;", "\tdefault_type application/problem+json;",
                  "\tcharset off;"]
        for name, value in {"X-Request-Id": "$id", "Cache-Control": "no-store",
                            "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "$cors_origin",
                            "Access-Control-Expose-Headers": "$cors_expose", **vary, **headers}.items():
            lines.append(f'\tadd_header {name} "{value}" always;')
        lines += [f"\treturn {status} '{body}\\n';", "}"]
    return "\n".join("\t\t" + line for line in lines)


def render(values):
    """The whole configuration as text. Unknown names are an error, missing ones take a default."""
    unknown = set(values) - set(DEFAULTS)
    if unknown:
        raise ValueError(f"unknown names: {', '.join(sorted(unknown))}")
    values = {**DEFAULTS, **values}
    values["PORTAL_ORIGIN"] = values["PORTAL_ORIGIN"] or "/".join(values["PORTAL_ISSUER"].split("/")[:3])
    text = TEMPLATE.read_text(encoding="utf-8")
    origins = values.pop("CORS_ORIGINS")
    text = text.replace("@ERROR_PAGES@", error_pages(values.pop("PUBLIC_BASE_URL"), origins))
    text = text.replace("@CORS_ORIGINS@", cors_origins(origins))
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


if __name__ == "__main__":
    try:
        sys.stdout.write(render(dict(pair.split("=", 1) for pair in sys.argv[1:])))
    except ValueError as error:
        sys.exit(f"render.py: {error}\n\n{__doc__}")
