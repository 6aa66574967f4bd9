#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""A matcher for tests whose scores are known: an image is the mean greys of 8 × 8 fields,
as whole numbers from -8 to 8, and two are as alike as their inner product, which is whole
too. So a score is the same whoever forms it.

    own_matcher.py WAY [NUMBER]

WAY: plain (templates that anyone compares), compare, or search (what it compares itself);
short: it searches, and gives NUMBER candidates at most; searcher: it searches and does not
compare; apart: its score is the distance -product; fall: it ends at a search or a pair of
a probe whose first field is NUMBER; mute: no scores; slow: each call takes NUMBER ms.
COUNT in the environment names a file that gets a line a call.
"""
import json
import os
import struct
import sys
import time

way = sys.argv[1]
number = int(sys.argv[2]) if len(sys.argv) > 2 else 0
SIDE = 8
searches = way in ("search", "short", "searcher", "fall")
compares = way not in ("plain", "searcher")
galleries = {}


def fields(image):
    width, height, stride = image["width"], image["height"], image["stride"]
    out = []
    for r in range(SIDE):
        rows = range(r * height // SIDE, (r + 1) * height // SIDE)
        for c in range(SIDE):
            first, last = 3 * (c * width // SIDE), 3 * ((c + 1) * width // SIDE)
            total = sum(sum(os.pread(3, last - first, image["at"] + y * stride + first))
                        for y in rows)
            out.append(round(total / (len(rows) * (last - first)) / 16) - 8)
    return out


def take(span):
    return struct.unpack(f"={SIDE * SIDE}f", os.pread(3, span[1], span[0]))


def score(a, b):
    if way == "mute":
        return None
    if way == "fall" and a[0] == number:
        os._exit(7)
    s = sum(x * y for x, y in zip(a, b))
    return -s if way == "apart" else s


def hello(request):
    capabilities = ["template"] + ["compare"] * compares + ["search"] * searches
    return {"protocol": 1, "name": "own", "version": "1", "about": "for tests",
            "capabilities": capabilities}


def open_it(request):
    if way == "plain":
        return {"dimension": SIDE * SIDE, "similarity": "inner", "native": [1500], "batch": 4}
    far = way == "apart"
    return {"template_bytes": 4 * SIDE * SIDE, "similarity": "own", "distance": far,
            "native": [-1500 if far else 1500], "low": -4096, "high": 4096, "batch": 4}


def process(request):
    said = []
    for image in request["images"]:
        t = fields(image)
        at = image["template"]["at"]
        if way == "plain" or len(set(t)) > 1:
            os.pwrite(3, struct.pack(f"={len(t)}f", *t), at)
        said.append({"status": "ok", "faces": [{"status": "ok", "template":
                     {"at": at, "len": 4 * len(t)}}]})
    return {"images": said}


def compare(request):
    all_of = [take(span) for span in request["templates"]]
    return {"scores": [score(all_of[i], all_of[j]) for i, j in request["pairs"]]}


def enroll(request):
    galleries[0] = [take(span) for span in request["templates"]]
    return {"gallery": 0}


def search(request):
    probe = take(request["templates"][0])
    best = sorted(((score(probe, t), -i) for i, t in enumerate(galleries[request["gallery"]])),
                  reverse=True)[:request["most"]]
    if way == "short":
        best = best[:number]
    return {"candidates": [[-i, s] for s, i in best]}


def answer(request):
    call = request["call"]
    if "COUNT" in os.environ and call in ("process", "compare", "enroll", "search"):
        with open(os.environ["COUNT"], "a", encoding="utf-8") as f:
            f.write(call + "\n")
    if way == "slow" and call == "compare":
        time.sleep(number / 1000)
    calls = {"hello": hello, "open": open_it, "process": process, "compare": compare,
             "enroll": enroll, "search": search}
    return calls[call](request) if call in calls else {}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], **answer(asked)}), flush=True)
    if asked["call"] == "close":
        break
