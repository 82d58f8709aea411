"""
Reads values as Python's encoders of UBJSON write and read them: each line is a JSON list of the module to use
(`bjdata`, `ubjson`) and bytes in hexadecimal; the answer is what that module makes of them, written by it anew.
"""

import importlib
import sys
import json
from decimal import Decimal


def exact(value):
    """Precise numbers that are integers as integers: what they stand for here."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, list):
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {key: exact(member) for key, member in value.items()}
    return value


for line in sys.stdin:
    module, text = json.loads(line)
    codec = importlib.import_module(module)
    try:
        print(codec.dumpb(exact(codec.loadb(bytes.fromhex(text)))).hex(), flush=True)
    except Exception as error:
        print(f"refused: {type(error).__name__}: {error}", flush=True)
