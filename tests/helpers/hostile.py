"""Texts by which somebody may try to take over a page, a spreadsheet or a reader's eye."""

from __future__ import annotations

EVIL = "evil.test"  # a host that nothing may ask or link to
SHOWN = {  # may be in a name: it is shown as it is written
    "image with a handler": "<img src=x onerror=window.pwned=1>",
    "script": "<script>window.pwned=1</script>",
    "graphic with a handler": "<svg onload=window.pwned=1>",
    "frame": f"<iframe src=http://{EVIL}></iframe>",
    "link": f'<a href="http://{EVIL}">x</a>',
    "end of a cell": "</td></div><b data-pwned>bold</b>",
    "entity": "&lt;b data-pwned&gt;",
    "Markdown link": f"[click](http://{EVIL})",
    "Markdown image": f"![pic](http://{EVIL}/x.png)",
    "JavaScript link": "[js](javascript:window.pwned=1)",
    "data link": "[d](data:text/html,<script>window.pwned=1</script>)",
    "link in brackets": f"<http://{EVIL}>",
    "bare link": f"http://{EVIL}/bare",
    "bare host": f"www.{EVIL}",
    "bare mail": f"mail@{EVIL}",
    "emphasis": "**bold** _it_ ~~gone~~",
    "code": "`code`",
    "heading": "# heading",
    "list": "1. first",
    "table": "| a | b |",
    "directive": ":red[red] :material/home: :smile:",
    "LaTeX": r"$\frac{1}{2}$",
    "template": "{{7*7}} ${7*7} %s%n",
    "expression": "datum['ars'] a.b[c]",
    "path": "../../etc/passwd",
    "formula with +": "+1+1",
    "formula with @": "@SUM(A1)",
    "formula with =": f'=HYPERLINK("http://{EVIL}")',
    "formula after a space": " =1+1",
    "huge": "x" * 5000,
}
HIDDEN = {  # shows what it is not: not in a name
    "right to left": "abc\u202egnp.exe",
    "zero width": "be\u200brt",
    "terminal": "\x1b[31mred",
    "lines": "a\r\nb\n# c",
    "letters that look alike": "b\u0435rt",
    "the paper": "bert (paper)",
    "nothing": "\u2800",
}
HOSTILE = SHOWN | HIDDEN
