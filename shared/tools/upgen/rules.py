"""The closed lists of the contract: services, relations, types, formats, verbs, lanes."""

SERVICES = ('profiles', 'matching', 'scheduling', 'evaluation')

# Who owns which first path segment under /api/v1.
OWNED = {
    'profiles': 'me people skills listings imports api-clients webhooks events audit '
                'privacy-requests settings'.split(),
    'matching': 'programmes enrolments exclusions rounds shortlists pairs'.split(),
    'scheduling': 'availability holidays busy-calendars agreements slots sessions touchpoints '
                  'gatherings calendar-feeds calendar-replies notifications messages'.split(),
    'evaluation': 'goals assessments surveys responses feedback help-requests flags improvements '
                  'stories certificates reports disclosures dashboards'.split(),
}
# ... and outside it.
OWNED_OUTSIDE = {'profiles': ['scim'], 'matching': [], 'scheduling': ['calendar'],
                 'evaluation': ['stories.atom', 'certificates']}
PREFIX = '/api/v1/'

METHODS = ('get', 'post', 'put', 'patch', 'delete')

RELATIONS = ('participant', 'self', 'delegate', 'pair_member', 'mentor', 'mentee',
             'shortlist_mentee', 'enrolled', 'invited', 'programme_admin', 'admin', 'hris',
             'auditor', 'mail_gateway', 'client', 'public')
# Relations to a row, which only SQL can see: their statement must look at the actor (unless anyone
# who is signed in may call anyway).
ROW_RELATIONS = {'self', 'delegate', 'pair_member', 'mentor', 'mentee', 'shortlist_mentee',
                 'enrolled', 'invited'}
ROLES = {'participant': 'ROLE_PARTICIPANT', 'programme_admin': 'ROLE_PROGRAMME_ADMIN',
         'admin': 'ROLE_ADMIN', 'hris': 'ROLE_HRIS', 'auditor': 'ROLE_AUDITOR', 'mail_gateway': 'ROLE_MAIL_GATEWAY'}
ROLES_WITHOUT_PERSON = ('admin', 'hris', 'auditor', 'mail_gateway')

VERBS = {'list': ('get',), 'read': ('get',), 'create': ('post',), 'patch': ('patch',),
         'put': ('put',), 'delete': ('delete',)}

# Why a list does not take updated_since, said by x-updated-since: a sentence of its description.
WITHOUT_SINCE = {
    'computed': 'its items are worked out when you ask, and do not have a time at which they changed',
    'confidential': 'when something confidential changed is not shown',
    'stored_once': 'it is written once and as a whole, when the object above it is',
    'shipped': 'it comes with the product, and changes with a release',
}
COUNTED = 'include_total'  # of a list: its statement does not see it, the server counts
LANES = {'batch': 'DB_BATCH', 'slow': 'DB_SLOW'}
IF_MATCH = ('required', 'optional')
PAGE_TYPES = ('text', 'uuid', 'int8', 'timestamptz', 'date', 'time', 'bool', 'numeric')

# string format -> (field type, PostgreSQL type, characters at most or None: maxLength decides)
FORMATS = {
    'uuid': ('FIELD_UUID', 'uuid', 36),
    'date': ('FIELD_DATE', 'date', 10),
    'date-time': ('FIELD_INSTANT', 'timestamptz', 40),
    'local-time': ('FIELD_LOCAL_TIME', 'time', 8),
    'local-end': ('FIELD_LOCAL_END', 'time', 5),
    'time-zone': ('FIELD_TIME_ZONE', 'text', 64),
    'email': ('FIELD_EMAIL', 'text', None),
    'language': ('FIELD_LANGUAGE', 'text', 35),
    'country': ('FIELD_COUNTRY', 'text', 2),
    'country-or-region': ('FIELD_PLACE', 'text', 6),
    'uri': ('FIELD_URI', 'text', None),
}
SCALARS = {'integer': ('FIELD_INTEGER', 'int8'), 'number': ('FIELD_NUMBER', 'numeric'),
           'boolean': ('FIELD_BOOLEAN', 'bool')}

# What a request schema may say: what the field tables check, and words for readers. (pattern is for
# readers: where it matters, SQL or C checks it.)
REQUEST_WORDS = {'type', 'format', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum',
                 'maximum', 'items', 'minItems', 'maxItems', 'uniqueItems', 'properties', 'required',
                 'additionalProperties', 'title', 'description', 'default', 'example', 'examples',
                 'deprecated', 'writeOnly', 'x-me', 'x-text', 'x-field', 'x-form'}

# How a string without format and enum is taken in (shared/base/text.h), said by x-text. Where nothing
# is said: what a pattern describes is taken as it stands, more than LINE_MOST characters are lines.
TEXTS = {'exact': 'TEXT_EXACT', 'line': 'TEXT_LINE', 'text': 'TEXT_LINES', 'key': 'TEXT_KEY'}
LINE_MOST = 500

# Names that a statement binds from the call itself; no member or parameter may bear them.
RESERVED = {'actor': 'uuid', 'roles': 'text[]', 'id': 'uuid', 'if_match': 'int8',
            'limit': 'int8', 'body': 'json'}

# Path parameters that need not be <noun>_id.
PLAIN_PATH_NAMES = {'token', 'code', 'certificate_code', 'version', 'wave', 'country_or_region'}

# What a fault of a request has room for when it lists the values (check_allowed of shared/json/field.c).
ENUM_MOST = 159

PATH_MOST, QUERY_MOST, PAGE_KEYS_MOST = 4, 24, 4
BODY_MOST = 64 * 1024
