"""The pages that the `type` of a problem leads to: /problems/<code>, and their list."""

from html import escape

STYLE = ('body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;'
         'color:#1c2733;background:#fff}h1{font-size:1.5rem}dt{font-weight:600;margin-top:1rem}'
         'dd{margin:0}code{background:#eef1f4;padding:.1em .3em;border-radius:3px}'
         'table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem .3rem'
         ' 0;border-bottom:1px solid #dde3e8;vertical-align:top}a{color:#0b5cad}'
         '@media(prefers-color-scheme:dark){body{background:#14191f;color:#dfe6ec}'
         'code{background:#26303a}a{color:#7db8f5}td,th{border-color:#33404c}}')


def page(title, body):
    return ('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}'
            '</body>\n</html>\n')


def problem_pages(codes):
    """file name under problems/ -> HTML"""
    made = {}
    rows = []
    for code, row in sorted(codes.items()):
        title, meaning, remedy = (escape(str(row.get(key))) for key in
                                  ('title', 'meaning', 'remedy'))
        status = row.get('status')
        made[code + '.html'] = page(
            f'{code}: {row.get("title")}',
            f'<p><a href="index.html">Problems</a></p>\n<h1>{title}</h1>\n<dl>\n'
            f'<dt>Code</dt><dd><code>{escape(code)}</code></dd>\n'
            f'<dt>Status</dt><dd>{status}</dd>\n<dt>Meaning</dt><dd>{meaning}</dd>\n'
            f'<dt>What to do</dt><dd>{remedy}</dd>\n</dl>\n')
        rows.append(f'<tr><td><a href="{escape(code)}.html"><code>{escape(code)}</code></a></td>'
                    f'<td>{status}</td><td>{title}</td></tr>\n')
    made['index.html'] = page(
        'Problems of the Upward API',
        '<h1>Problems</h1>\n<p>Every error of the API is an <code>application/problem+json</code> '
        'object (RFC 9457). Its <code>code</code> is one of these and does not change.</p>\n'
        '<table>\n<tr><th>Code</th><th>Status</th><th>Title</th></tr>\n' + ''.join(rows) +
        '</table>\n')
    return made
