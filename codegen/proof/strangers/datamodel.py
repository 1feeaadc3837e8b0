"""Puts questions before the models that datamodel-code-generator has generated.

Arguments: the folder of the models, the file of questions. Prints one line of JSON: how many wrong payloads were taken,
right ones refused, and right ones changed.
"""

import importlib
import json
import sys
from pathlib import Path

folder, questions = sys.argv[1:]
sys.path.insert(0, folder)
counts = {"taken": 0, "refused": 0, "changed": 0}
for line in Path(questions).read_text().splitlines():
    question = json.loads(line)
    model = getattr(importlib.import_module(question["name"]), question["title"])
    try:
        value = model.model_validate_json(json.dumps(question["data"]))
    except ValueError:
        counts["refused"] += question["valid"]
        continue
    written = json.loads(value.model_dump_json(by_alias=True, exclude_unset=True))
    if not question["valid"]:
        counts["taken"] += 1
    elif written != question["data"]:
        counts["changed"] += 1
print(json.dumps(counts))
