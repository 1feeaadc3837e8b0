"""How long the generated Python package takes for a payload, beside jsonschema, and pydantic models of the same schemas.

Arguments: the package's ``src``, the folder of the repository, the folder of the pydantic models. Prints one line of JSON.
"""

import importlib
import json
import statistics
import sys
import time
from pathlib import Path

home, repository, models = sys.argv[1:]
sys.path[:0] = [home, models]

import jsonschema  # noqa: E402

package = importlib.import_module("ingenium_events")

ours, schemas, pydantic = [], [], []
for event_type, entry in package.CATALOG.items():
    name = event_type.removeprefix("ingenium.")
    schema = json.loads(Path(repository, f"schemas/dist/strict/{name}.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    module = importlib.import_module(name.replace(".", "_"))
    model = getattr(module, entry.payload.__name__)
    for file in sorted(Path(repository, "schemas/vectors", name, "valid").iterdir()):
        data = json.loads(file.read_text())["data"]
        text = entry.payload.parse(json.dumps(data), "strict").to_json()
        try:
            model.model_validate_json(text)
        except ValueError:
            continue  # what the peer cannot read is no race
        ours.append((entry.payload, text))
        schemas.append((validator, text))
        pydantic.append((model, text))


def run_package() -> None:
    for payload, text in ours:
        payload.parse(text, "strict")


def run_jsonschema() -> None:
    for validator, text in schemas:
        validator.validate(json.loads(text))


def run_pydantic() -> None:
    for model, text in pydantic:
        model.model_validate_json(text)


contenders = {"package": (run_package, 10), "pydantic": (run_pydantic, 10), "jsonschema": (run_jsonschema, 1)}
times: dict[str, list[float]] = {name: [] for name in contenders}
for _ in range(25):
    for name, (run, repeats) in contenders.items():
        start = time.perf_counter_ns()
        for _ in range(repeats):
            run()
        times[name].append((time.perf_counter_ns() - start) / (repeats * len(ours)))
print(json.dumps({**{name: statistics.median(values[5:]) for name, values in times.items()}, "payloads": len(ours)}))
