# SPDX-License-Identifier: 0BSD
"""What insightface_backend.py and deepface_backend.py share: the protocol of
misid-backend(7), with pixels as a NumPy array, and the choice among several faces.

A matcher derives from Matcher and ends with run(Matcher()). Only answers go to stdout:
what libraries print goes to stderr.
"""
import json
import os
import sys

import numpy

CHOICES = ("prominent", "largest", "central", "box", "only")
CHOOSE = (CHOICES[0], "of several faces: " + ", ".join(CHOICES))


def number(settings, name, low, high, kind=float):
    try:
        value = kind(settings[name])
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        raise ValueError(f"{name} is {settings[name]}, expected {low} to {high}")
    return value


def whole(settings, name, low, high):
    return number(settings, name, low, high, int)


def one_of(settings, name, values):
    if settings[name] not in values:
        raise ValueError(f"{name} is {settings[name]}, expected {', '.join(values)}")
    return settings[name]


class Matcher:
    """name, about; options: {name: (default, help)}, with CHOOSE for `choose`."""

    def version(self):
        """The library's version, without loading more of it than is needed."""
        raise NotImplementedError

    def open(self, settings):
        """Loads the models; the members of the answer to open. ValueError: a fault."""
        raise NotImplementedError

    def look(self, pixels, want):
        """The faces of an image (height × width × 3, red, green, blue, 8 bits), each a
        dict with box and quality, and with label, confidence, attributes, template as
        wanted, unless finish() adds them."""
        raise NotImplementedError

    def finish(self, face, want):
        """Adds what is wanted to a face that was chosen."""


def overlap(a, b):
    """How much two boxes share of their union."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared) if shared else 0


def merit(choose, box, image):
    """What the faces are sorted by, the largest first."""
    off = ((box[0] + box[2] / 2 - image["width"] / 2) ** 2 +
           (box[1] + box[3] / 2 - image["height"] / 2) ** 2)
    if choose == "largest":
        return box[2] * box[3]
    if choose == "central":
        return -off
    if choose == "box" and "box" in image:
        return overlap(box, image["box"])
    return box[2] * box[3] - 2 * off


class Program:
    def __init__(self, matcher):
        self.matcher = matcher
        self.settings = {name: value for name, (value, _) in matcher.options.items()}
        self.memory = None

    def hello(self, request):
        self.memory = request["memory"]["fd"]
        m = self.matcher
        return {"protocol": 1, "name": m.name, "version": m.version(), "about": m.about,
                "capabilities": ["class", "template", "faces", "quality"],
                "options": [{"name": name, "default": value, "help": words}
                            for name, (value, words) in m.options.items()]}

    def open(self, request):
        self.settings.update(request["settings"])
        one_of(self.settings, "choose", CHOICES)
        answer = self.matcher.open(self.settings)
        # The program that was started is known to misid; this module is not.
        answer["files"] = [os.path.abspath(__file__), *answer["files"]]
        return answer

    def pixels(self, image):
        width, height, stride = image["width"], image["height"], image["stride"]
        rows = os.pread(self.memory, stride * height, image["at"])
        if len(rows) != stride * height:
            raise OSError("pixels are missing")
        rows = numpy.frombuffer(rows, dtype=numpy.uint8).reshape(height, stride)
        return rows[:, :3 * width].reshape(height, width, 3)

    def describe(self, image, want, most):
        choose = self.settings["choose"]
        found = sorted(self.matcher.look(self.pixels(image), want),
                       key=lambda face: merit(choose, face["box"], image), reverse=True)
        if choose == "box" and "box" in image:
            found = [f for f in found if overlap(f["box"], image["box"]) > 0]
        if not found:
            return {"status": "no-face", "faces": []}
        if choose == "only" and len(found) > 1:
            return {"status": "several-faces", "reason": f"{len(found)} faces", "faces": []}
        faces = found[:most if "faces" in want else 1]
        for face in faces:
            face["status"] = "ok"
            self.matcher.finish(face, want)
            if "template" in want:
                face["template"] = [float(v) for v in face["template"]]
        return {"status": "ok", "faces": faces}

    def process(self, request):
        images = []
        for image in request["images"]:
            try:
                images.append(self.describe(image, request["want"], request["faces"]))
            except Exception as e:  # an outcome of this image
                images.append({"status": "error", "reason": f"{type(e).__name__}: {e}",
                               "faces": []})
        return {"images": images}

    def close(self, request):
        return {}


def run(matcher):
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    program = Program(matcher)
    calls = {"hello": program.hello, "open": program.open, "process": program.process,
             "close": program.close}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = calls[request["call"]](request)
        except Exception as e:  # the call failed; the program goes on
            answer = {"error": f"{type(e).__name__}: {e}"}
        answer["id"] = request["id"]
        print(json.dumps(answer), file=answers, flush=True)
