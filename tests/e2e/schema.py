"""Holds JSON Lines against data/tcpviz.schema.json: schema.py SCHEMA FILE…

The schema lets readers meet fields that it does not know; here every field must be one that it has. Says of the first
records what is wrong with them and exits 1 then. --fields SCHEMA prints the name of every field.
"""
import json
import re
import sys

import jsonschema


def each(node, wanted):
    """Every object of the schema that has this keyword."""
    if isinstance(node, dict):
        if wanted in node:
            yield node
        for value in node.values():
            yield from each(value, wanted)
    elif isinstance(node, list):
        for value in node:
            yield from each(value, wanted)


def make_validators(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    kinds = {}
    for kind in schema["properties"]["type"]["enum"]:
        assert kind in schema["$defs"], kind
        kinds[kind] = {"$defs": schema["$defs"], "$ref": f"#/$defs/{kind}"}
    for definition in schema["$defs"].values():
        for node in each(definition, "properties"):
            assert all(name in node["properties"] for name in node["required"]), node["required"]
            node["additionalProperties"] = False
    return {kind: jsonschema.Draft202012Validator(part) for kind, part in kinds.items()}


def shape(value):
    """What the schema can tell apart: numbers by their kind, sign and width, texts without their digits' values."""
    if isinstance(value, dict):
        return tuple((key, shape(part)) for key, part in value.items())
    if isinstance(value, list):
        return tuple(shape(part) for part in value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return (type(value), value > 0, value >= 0, value < 2**16, value < 2**32)
    return re.sub("[0-9a-f]+", "0", value)


def main():
    schema = json.load(open(sys.argv[2 if sys.argv[1] == "--fields" else 1], encoding="utf-8"))
    if sys.argv[1] == "--fields":
        fields = {name for part in each(schema["$defs"], "properties") for name in part["properties"]}
        print("\n".join(sorted(fields)))
        return
    validators = make_validators(schema)
    whole = jsonschema.Draft202012Validator(schema)
    wrong, count, seen, shapes = 0, 0, set(), set()
    for name in sys.argv[2:]:
        for number, line in enumerate(open(name, encoding="utf-8"), 1):
            record = json.loads(line)
            count += 1
            what = shape(record)
            if what in shapes:
                continue
            shapes.add(what)
            # the records of a kind are much alike: the whole schema with its branches is tried on the first ones
            errors = list(validators[record["type"]].iter_errors(record))
            if record["type"] not in seen:
                errors += whole.iter_errors(record)
                seen.add(record["type"])
            for error in errors[:3]:
                print(f"{name}:{number}: {error.json_path}: {error.message[:300]}")
            wrong += bool(errors)
            if wrong > 10:
                sys.exit(1)
    print(f"{count} records of {len(shapes)} shapes: {' '.join(sorted(seen))}")
    sys.exit(1 if wrong or not count else 0)


main()
