"""Answers, headers and parameters that follow from an operation's method, scope and relations."""

# status -> (component, description)
RESPONSES = {
    '304': ('NotModified', 'Unchanged since the ETag in If-None-Match.'),
    '400': ('BadRequest', 'The request is not well formed; `errors` names every fault.'),
    '401': ('Unauthenticated', 'No valid token.'),
    '403': ('Forbidden', 'The token does not open this operation.'),
    '404': ('NotFound', 'No such object, or not one of yours: the two look the same.'),
    '405': ('MethodNotAllowed', 'The path has other methods; `Allow` lists them.'),
    '406': ('NotAcceptable', 'None of the accepted media types is offered.'),
    '408': ('RequestTimeout', 'The body came too slowly.'),
    '409': ('Conflict', 'The state of things does not allow this now.'),
    '412': ('PreconditionFailed', 'Changed since the version in If-Match.'),
    '413': ('TooLarge', 'The body is larger than this operation takes.'),
    '415': ('UnsupportedMediaType', 'The body has another content type.'),
    '422': ('Unprocessable', 'Well formed, but it cannot be done as asked.'),
    '428': ('PreconditionRequired', 'If-Match is required here.'),
    '429': ('TooManyRequests', 'Too many requests; come back after Retry-After seconds.'),
    '503': ('Unavailable', 'Not now; come back after Retry-After seconds.'),
}

# headers of the answer, by status
HEADERS = {'304': ('ETag', 'Cache-Control'), '401': ('WWW-Authenticate',), '405': ('Allow',),
           '415': ('Accept-Post', 'Accept-Patch', 'Accept'),
           '429': ('Retry-After', 'RateLimit', 'RateLimit-Policy'), '503': ('Retry-After',)}

# the problem shown as the example of a status
ONCE = {'400': ('invalid_body',), '401': ('unauthenticated',), '403': ('forbidden',),
        '404': ('not_found',), '405': ('method_not_allowed',), '409': ('wrong_state',),
        '412': ('stale',), '422': ('key_reused',), '503': ('unavailable',)}


def responses_of(op):
    """The statuses that this operation can answer besides its own."""
    made = ['400', '404', '405', '406', '412', '429', '503']
    if op.scope != 'public':
        made += ['401', '403']
    if op.method == 'get' and op.kind == 'OPERATION_READ':
        made.append('304')
    if op.method != 'get':
        made += ['409', '422']
    if op.if_match == 'required':
        made.append('428')
    if op.method in ('post', 'put', 'patch'):
        made += ['408', '413', '415']
    return sorted(made)


def headers_of(op):
    """Names of the header parameters (components/parameters of api/common.yaml)."""
    made = []
    if op.method == 'post':
        made.append('IdempotencyKey')
    if op.if_match == 'required':
        made.append('IfMatch')
    elif op.tagged:
        made.append('IfMatchOptional')
    if op.method == 'get' and op.kind == 'OPERATION_READ':
        made.append('IfNoneMatch')
    if 'delegate' in op.authz:
        made.append('OnBehalfOf')
    return made
