"""The peer's side of the conversation: lines of JSON in, lines of JSON out."""

import gc
import json
import sys
import time
import traceback


def answer(**can):
    """Do what is asked until nobody asks; what a function returns is the answer."""
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = {"answer": can[asked.pop("do")](**asked)}
        except Exception as error:
            traceback.print_exc()
            told = {"failed": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(told) + "\n")
        out.flush()


def seconds(run):
    """Run once; give the seconds it took and what came out."""
    gc.collect()
    begun = time.perf_counter()
    found = run()
    return time.perf_counter() - begun, found
