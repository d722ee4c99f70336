"""File names and keys of a saved model's record, for code that reads the record but not the model."""

from __future__ import annotations

RECORD = "arts.json"  # name of the file with the training record, beside the weights
WEIGHTS = "model.safetensors"
ZOO_PREFIX = "arts-"  # prefix of the zoo's model types in config.json
OUTCOME = "outcome"  # key in the record: the results of an intervention, shown in the report
POST_TRAINED = "post-trained already"  # value of "corpus" in the record's "extras": nothing was post-trained
