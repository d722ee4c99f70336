"""Corpora as text."""

from __future__ import annotations

import json

from arts.data.readers.instances import read_instances
from arts.data.readers.tables import row_from_instance


def jsonl(instances):
    return "\n".join(json.dumps(row_from_instance(instance)) for instance in instances)


XML = """<?xml version="1.0" encoding="UTF-8"?>
<sentences>
  <sentence id="a">
    <text>{text}</text>
    <aspectTerms>
      <aspectTerm term="{term}" polarity="{polarity}" from="{start}" to="{end}"/>
    </aspectTerms>
  </sentence>
</sentences>
"""


def xml(text="The soup is hot.", term="soup", polarity="positive", start="4", end="8"):
    return XML.format(text=text, term=term, polarity=polarity, start=start, end=end)


def flat(**changes):
    record = {"sentence": "The soup is hot.", "term": "soup", "polarity": "positive", "from": 4, "to": 8}
    return {**record, **changes}


def read(path, notes=None):
    return list(read_instances(path, notes))
