#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""An example of an external program for misid, without any library.

It labels a picture by its mean brightness. Pixels are read from the shared memory;
nothing but answers may go to stdout.

    misid backend check 'exec:command=python3 brightness.py'
"""
import json
import os
import sys

# Keep the real stdout for answers, and let whatever a library prints go to stderr.
answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
os.dup2(2, 1)

settings = {"threshold": "110"}
memory = None


def hello(request):
    global memory
    memory = request["memory"]["fd"]
    return {
        "protocol": 1,
        "name": "brightness",
        "version": "1.0",
        "about": "an example: light or dark",
        "capabilities": ["class", "template"],
        "options": [{"name": "threshold", "default": settings["threshold"],
                     "help": "mean brightness from which on a picture is light"}],
    }


def open_(request):
    settings.update(request["settings"])
    try:
        float(settings["threshold"])
    except ValueError:
        raise ValueError("threshold: expected a number") from None
    return {"dimension": 3, "similarity": "cosine"}


def describe(image, want):
    rows = os.pread(memory, image["stride"] * image["height"], image["at"])
    if len(rows) != image["stride"] * image["height"]:
        raise OSError("pixels are missing")
    n = image["width"] * image["height"]
    means = [sum(rows[c::3]) / n for c in range(3)]
    mean = sum(means) / 3
    face = {"status": "ok", "box": [0, 0, image["width"], image["height"]]}
    if "class" in want:
        face["label"] = "light" if mean >= float(settings["threshold"]) else "dark"
        face["attributes"] = {"brightness": f"{mean:.1f}"}
    if "template" in want:
        face["template"] = [1 + m for m in means]
    return {"status": "ok", "faces": [face]}


def process(request):
    return {"images": [describe(i, request["want"]) for i in request["images"]]}


calls = {"hello": hello, "open": open_, "process": process, "close": lambda request: {}}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = calls[request["call"]](request)
    except Exception as e:  # the call failed; the program goes on
        answer = {"error": f"{type(e).__name__}: {e}"}
    answer["id"] = request["id"]
    print(json.dumps(answer), file=answers, flush=True)
