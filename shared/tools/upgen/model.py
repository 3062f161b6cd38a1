"""What the generators know about an operation."""

from dataclasses import dataclass, field


@dataclass
class Field:
    name: str
    type: str                 # FIELD_STRING ...
    pg: str                   # PostgreSQL type
    file: str
    line: int
    flags: list = field(default_factory=list)
    least: int = None         # None: no bound
    most: int = None
    values: list = None
    members: list = field(default_factory=list)
    text: str = 'TEXT_EXACT'  # how a string is taken in


@dataclass
class Source:
    kind: str                 # SOURCE_ACTOR ...
    index: int = 0
    pg: str = 'text'


@dataclass
class Operation:
    id: str
    service: str
    file: str
    line: int
    method: str               # get, post ...
    path: str
    node: object              # the YAML mapping
    noun: str = ''
    verb: str = ''
    kind: str = 'OPERATION_READ'
    scope: str = 'public'
    authz: list = field(default_factory=list)
    lane: str = 'DB_POOL'
    success: int = 200
    body: str = 'BODY_NONE'
    body_most: int = 64 * 1024
    consumes: str = None
    produces: str = 'application/json'
    csv: list = None          # names of the columns, where CSV is offered
    ndjson: bool = False      # a list that is offered as lines of JSON too
    no_store: bool = False
    if_match: str = 'optional'
    tagged: object = None     # the GET whose ETag a write's If-Match is held against
    confidential_time: bool = False
    parameters: list = field(default_factory=list)  # YAML nodes, the path's own first
    declared: dict = field(default_factory=dict)    # path parameters by name
    path_fields: list = field(default_factory=list)
    query_fields: list = field(default_factory=list)
    body_fields: list = field(default_factory=list)
    page_keys: list = field(default_factory=list)   # [(name, type)]
    as_of: bool = False                             # a list that takes updated_since
    without_since: str = None                       # why it does not
    run: object = None        # Statement
    run_sources: list = field(default_factory=list)
    read: object = None
    read_sources: list = field(default_factory=list)
    read_noun: str = ''       # '' where the operation has no answering read
    location: str = None
    handler: bool = False
    ready: bool = True        # False: something that answers is missing

    def segments(self):
        return self.path.strip('/').split('/')

    def order(self):
        """Sorts for routing: literals before parameters, segment by segment, then the method."""
        parts = tuple((1, '') if '{' in part else (0, part) for part in self.segments())
        return parts, ('get', 'post', 'put', 'patch', 'delete').index(self.method)

    def creates(self):
        return self.verb == 'create' or self.success == 201
