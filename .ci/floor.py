"""Fails when a figure of an `eval --json` file is below its floor.

Usage: floor.py FILE NAME=FLOOR... where NAME may be a path such as recall_at.10.
"""

import json
import sys

figures = json.load(open(sys.argv[1], encoding="utf-8"))
failed = False
for pair in sys.argv[2:]:
    name, floor = pair.split("=")
    value = figures
    for key in name.split("."):
        value = value[key]
    ok = float(floor) <= value
    failed |= not ok
    print(f"{'ok' if ok else 'BELOW THE FLOOR'}: {name} {value:.3f}, floor {floor}")
sys.exit(failed)
