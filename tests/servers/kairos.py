#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of the Kairos face recognition API for the tests: it checks what its
reference says that the real one checks: keys, content type, fields, pictures, that
galleries and subjects are there. Its own errors come with the status 200, as there.

Keys: KAIROS_APP_ID and KAIROS_APP_KEY of its own environment. Besides standin.py's:
--state FILE (galleries that outlive the stand-in). Faults: quota (3000), trouble (3001),
forget (value: subjects of galleries that begin so are gone).
"""
import base64
import hmac
import json
import os
import re
import sys
import threading
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pictures  # noqa: E402
import standin  # noqa: E402

STATUSES = {3000: 429, 3001: 502, 3002: 404, 3003: 403}
SELECTORS = {"FRONTAL", "FULL", "ROLL", "SETPOSE"}


def error(code, message):
    body = json.dumps({"Errors": [{"Message": message, "ErrCode": code}]}).encode()
    return standin.Fail(STATUSES.get(code, 200), body, {"Content-Type": "application/json"})


def box(face):
    return {"topLeftX": face.left, "topLeftY": face.top, "width": face.width,
            "height": face.height}


class Kairos:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.id, self.key = os.environ["KAIROS_APP_ID"], os.environ["KAIROS_APP_KEY"]
        self.galleries = {}
        if options.state and os.path.exists(options.state):
            for name in json.load(open(options.state, encoding="utf-8")):
                self.galleries[name] = {}

    def keep(self):
        if self.options.state:
            with open(self.options.state, "w", encoding="utf-8") as f:
                json.dump(sorted(self.galleries), f)

    def operation(self, request):
        return request.path.strip("/")

    def about(self, request):
        return {"bytes": len(request.body)}

    def prepare(self, rule):
        told = {"quota": error(3000, "you've exceeded the number of request you can send"),
                "trouble": error(3001, "API temporarily unavailable")}
        if rule["fault"] == "forget":
            with self.lock:
                for name, subjects in self.galleries.items():
                    if name.startswith(rule["value"]):
                        subjects.clear()
            return None
        if rule["fault"] in told:
            fail = told[rule["fault"]]
            return {**rule, "fault": "status", "value": [fail.status, fail.headers,
                                                         fail.body.decode()]}
        return rule

    # --- what the real one checks ---

    def answer(self, request):
        calls = {"detect": self.detect, "enroll": self.enroll, "verify": self.verify,
                 "recognize": self.recognize, "gallery/remove": self.remove}
        call, headers = calls.get(self.operation(request)), request.headers
        if not call or request.method != "POST":
            raise error(3002, "an invalid endpoint was used")
        if not hmac.compare_digest((headers.get("app_id") or "").encode(), self.id.encode()) \
                or not hmac.compare_digest((headers.get("app_key") or "").encode(),
                                           self.key.encode()):
            raise error(3003, "invalid authentication parameters")
        if headers.get("Content-Type") != "application/json":
            raise error(1001, "invalid content type header was sent")
        if headers.get("store_image") != "false":
            raise error(1003, "the test wants no picture to be stored")
        try:
            said = json.loads(request.body)
        except ValueError as e:
            raise error(1003, "an invalid parameter was sent") from e
        return 200, {"Content-Type": "application/json"}, json.dumps(call(said)).encode()

    def need(self, said, *names):
        for name in names:
            if not isinstance(said.get(name), str) or not said[name]:
                raise error(1002, f"required parameter missing: {name}")
            if name != "image" and not re.fullmatch("[A-Za-z0-9_-]{1,128}", said[name]):
                raise error(1000, "invalid characters found in parameters")
        return [said[name] for name in names]

    def faces(self, said):
        try:
            p = pictures.Picture(base64.b64decode(self.need(said, "image")[0], validate=True))
        except ValueError as e:
            raise error(5000, "an invalid image was sent must be jpg or png format") from e
        if not p.size:
            raise error(5000, "an invalid image was sent must be jpg or png format")
        if not p.faces:
            raise error(5002, "no faces found in the image")
        return p.faces

    def subjects(self, said):
        name, = self.need(said, "gallery_name")
        with self.lock:
            if name not in self.galleries:
                raise error(5004, "gallery name not found")
            return self.galleries[name]

    # --- what it does ---

    def detect(self, said):
        if said.get("selector", "FULL") not in SELECTORS:
            raise error(1003, "an invalid parameter was sent")
        faces = self.faces(said)
        return {"images": [{
            "status": "Complete", "width": faces[0].picture.width,
            "height": faces[0].picture.height, "file": "content_59dea34d03784",
            "faces": [{
                **box(f), "face_id": f.index + 1, "quality": round(f.quality, 5),
                "confidence": .99, "yaw": int(f.yaw), "pitch": int(f.pitch),
                "roll": int(f.roll), "attributes": {
                    "lips": "Together", "age": f.age, "glasses": "None", "asian": .1,
                    "black": .2, "hispanic": .3, "other": .15, "white": .25,
                    "gender": {"type": "F" if f.female else "M",
                               "femaleConfidence": round(f.sure if f.female else 1 - f.sure, 5),
                               "maleConfidence": round(1 - f.sure if f.female else f.sure, 5)}}}
                for f in faces]}]}

    def transaction(self, face, said, confidence, subject):
        return {"status": "success", **box(face), "confidence": confidence,
                "quality": round(face.quality, 5), "subject_id": subject,
                "gallery_name": said["gallery_name"], "face_id": 1}

    def enroll(self, said):
        gallery, subject = self.need(said, "gallery_name", "subject_id")
        faces = self.faces(said)
        if len(faces) > 1:
            raise error(5010, "too many faces in image")
        with self.lock:
            self.galleries.setdefault(gallery, {}).setdefault(subject, []).append(faces[0])
            self.keep()
        return {"face_id": uuid.uuid4().hex[:20],
                "images": [{"attributes": {},
                            "transaction": self.transaction(faces[0], said, .99, subject)}]}

    def verify(self, said):
        subjects, probe = self.subjects(said), self.faces(said)[0]
        subject, = self.need(said, "subject_id")
        if subject not in subjects:
            raise error(5003, "subject ID was not found")
        score = round(max(pictures.alike(probe.hash, f.hash) for f in subjects[subject]), 5)
        return {"images": [{"transaction": self.transaction(probe, said, score, subject)}]}

    def recognize(self, said):
        subjects, probe = self.subjects(said), self.faces(said)[0]
        least, most = float(said.get("threshold", ".6")), said.get("max_num_results", 10)
        if not 0 <= least <= 1 or not isinstance(most, int) or most < 1:
            raise error(1003, "an invalid parameter was sent")
        found = [{"subject_id": name, "face_id": uuid.uuid4().hex[:20],
                  "enrollment_timestamp": "1416431816",
                  "confidence": round(pictures.alike(probe.hash, f.hash), 5)}
                 for name, faces in subjects.items() for f in faces]
        found = sorted((c for c in found if c["confidence"] >= least),
                       key=lambda c: -c["confidence"])[:most]
        if not found:
            return {"images": [{"transaction": {"status": "failure",
                                                "message": "no match found", **box(probe)}}]}
        return {"images": [{"transaction": self.transaction(
            probe, said, found[0]["confidence"], found[0]["subject_id"]),
            "candidates": found}]}

    def remove(self, said):
        name, = self.need(said, "gallery_name")
        self.subjects(said)
        with self.lock:
            del self.galleries[name]
            self.keep()
        return {"status": "Complete", "message": f"gallery {name} was removed"}


def main():
    p = standin.parser("a stand-in of Kairos")
    p.add_argument("--state")
    options = p.parse_args()
    standin.serve(Kairos(options), options)


main()
