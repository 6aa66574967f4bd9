#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of Face++ (API 3.0) for the tests: it checks what its reference says that the
real one checks: keys, fields of the form, sizes of pictures, that a face_token lives, what
a faceset holds, and how many calls are under way.

Keys: FACEPP_API_KEY and FACEPP_API_SECRET of its own environment. Besides standin.py's:
--state FILE (facesets that outlive the stand-in), --at-once N (more calls are
CONCURRENCY_LIMIT_EXCEEDED), --free (only five faces a picture are analysed). Faults: busy,
denied, forget (all face_tokens that are in no faceset have ended), points (value: the
thresholds from now on).
"""
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

ATTRIBUTES = {"none", "gender", "age", "smiling", "headpose", "facequality", "blur",
              "eyestatus", "emotion", "beauty", "mouthstatus", "eyegaze", "skinstatus"}
HOLDS = 10000


def error(status, message):
    body = json.dumps({"time_used": 3, "error_message": message,
                       "request_id": f"1469761051,{uuid.uuid4()}"})
    return standin.Fail(status, body.encode(), {"Content-Type": "application/json"})


def read_form(request):
    """The fields of a multipart form, as bytes."""
    match = re.fullmatch(r"multipart/form-data; boundary=([^ ;]+)",
                         request.headers.get("Content-Type") or "")
    if not match:
        raise error(400, "BAD_ARGUMENTS: content-type")
    mark = b"--" + match.group(1).encode()
    parts = (b"\r\n" + request.body).split(b"\r\n" + mark)
    if parts[0] != b"" or parts[-1] not in (b"--\r\n", b"--"):
        raise error(400, "BAD_ARGUMENTS: form")
    form = {}
    for part in parts[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'\r\nContent-Disposition: form-data; name="([^"]+)"', head)
        if not name or name.group(1).decode() in form:
            raise error(400, "BAD_ARGUMENTS: form")
        form[name.group(1).decode()] = value
    return form


class Facepp:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.key, self.secret = (os.environ[name].encode() for name in
                                 ("FACEPP_API_KEY", "FACEPP_API_SECRET"))
        self.tokens, self.sets, self.busy = {}, {}, 0
        self.points = [62.327, 69.101, 73.975]
        if options.state and os.path.exists(options.state):
            for name in json.load(open(options.state, encoding="utf-8")):
                self.sets[name] = []

    def keep(self):
        if self.options.state:
            with open(self.options.state, "w", encoding="utf-8") as f:
                json.dump(sorted(self.sets), f)

    def operation(self, request):
        return request.path.rpartition("/v3/")[2]

    def about(self, request):
        return {"bytes": len(request.body)}

    def prepare(self, rule):
        told = {"busy": error(403, "CONCURRENCY_LIMIT_EXCEEDED"),
                "denied": error(403, "AUTHORIZATION_ERROR:<Insufficient Account Balance>")}
        if rule["fault"] == "forget":
            with self.lock:
                held = {t for members in self.sets.values() for t in members}
                self.tokens = {t: f for t, f in self.tokens.items() if t in held}
            return None
        if rule["fault"] == "points":
            self.points = rule["value"]
            return None
        if rule["fault"] in told:
            fail = told[rule["fault"]]
            return {**rule, "fault": "status", "value": [fail.status, fail.headers,
                                                         fail.body.decode()]}
        return rule

    # --- what the real one checks ---

    def need(self, form, *names):
        for name in names:
            if not form.get(name):
                raise error(400, f"MISSING_ARGUMENTS: {name}")
        return [form[name].decode() for name in names]

    def face(self, token):
        with self.lock:
            face = self.tokens.get(token)
        if not face:
            raise error(400, f"INVALID_FACE_TOKEN:{token}")
        return face

    def members(self, form):
        name, = self.need(form, "outer_id")
        if len(name) > 255 or re.search("[\\^@,&=*'\"]", name):
            raise error(400, "BAD_ARGUMENTS: outer_id")
        with self.lock:
            if name not in self.sets:
                raise error(400, "INVALID_OUTER_ID")
            return name, self.sets[name]

    def answer(self, request):
        calls = {"detect": self.detect, "compare": self.compare, "search": self.search,
                 "faceset/create": self.create, "faceset/addface": self.add,
                 "faceset/delete": self.delete}
        call = calls.get(self.operation(request))
        if not call or request.method != "POST" or not request.path.startswith("/facepp/v3/"):
            raise error(404, "API_NOT_FOUND")
        if len(request.body) > (2 << 20) + 65536:
            raise standin.Fail(413, b"Request Entity Too Large", {"Content-Type": "text/plain"})
        form = read_form(request)
        self.need(form, "api_key", "api_secret")
        if not hmac.compare_digest(form["api_key"], self.key) or \
                not hmac.compare_digest(form["api_secret"], self.secret):
            raise error(401, "AUTHENTICATION_ERROR")
        with self.lock:
            self.busy += 1
            busy = self.busy
        try:
            if self.options.at_once and busy > self.options.at_once:
                raise error(403, "CONCURRENCY_LIMIT_EXCEEDED")
            said = call(form)
        finally:
            with self.lock:
                self.busy -= 1
        said.update({"request_id": f"1470472868,{uuid.uuid4()}", "time_used": 7})
        return 200, {"Content-Type": "application/json;charset=utf-8"}, \
            json.dumps(said).encode()

    # --- what it does ---

    def detect(self, form):
        self.need_file(form)
        p = pictures.Picture(form["image_file"])
        wanted = set(form.get("return_attributes", b"none").decode().split(","))
        if not wanted <= ATTRIBUTES:
            raise error(400, "BAD_ARGUMENTS: return_attributes")
        if not p.size:
            raise error(400, "IMAGE_ERROR_UNSUPPORTED_FORMAT: image_file")
        if p.bytes > 2 << 20:
            raise error(400, "IMAGE_FILE_TOO_LARGE: image_file")
        if min(p.size) < 48 or max(p.size) > 4096:
            raise error(400, "INVALID_IMAGE_SIZE: image_file")
        faces = []
        for face in p.faces:
            token = uuid.uuid4().hex
            with self.lock:
                self.tokens[token] = face
            one = {"face_token": token, "face_rectangle": {
                "top": face.top, "left": face.left, "width": face.width,
                "height": face.height}}
            if wanted - {"none"} and (face.index < 1 or not self.options.free):
                every = {"gender": {"value": "Female" if face.female else "Male"},
                         "age": {"value": face.age},
                         "facequality": {"value": round(100 * face.quality, 3),
                                         "threshold": 70.1},
                         "headpose": {"yaw_angle": face.yaw, "pitch_angle": face.pitch,
                                      "roll_angle": face.roll}}
                one["attributes"] = {k: v for k, v in every.items() if k in wanted}
            faces.append(one)
        return {"faces": faces, "face_num": len(faces), "image_id": p.hash.hex()[:24]}

    def need_file(self, form):
        if "image_file" not in form:
            raise error(400, "MISSING_ARGUMENTS: image_url, image_file, image_base64")

    def thresholds(self):
        return dict(zip(("1e-3", "1e-4", "1e-5"), self.points))

    def compare(self, form):
        one, other = self.need(form, "face_token1", "face_token2")
        return {"confidence": round(100 * pictures.alike(self.face(one).hash,
                                                         self.face(other).hash), 3),
                "thresholds": self.thresholds()}

    def create(self, form):
        name, = self.need(form, "outer_id")
        with self.lock:
            if name in self.sets:
                raise error(400, "FACESET_EXIST")
            self.sets[name] = []
            self.keep()
        return {"faceset_token": uuid.uuid4().hex, "outer_id": name, "face_added": 0,
                "face_count": 0, "failure_detail": []}

    def delete(self, form):
        name, members = self.members(form)
        with self.lock:
            if members and form.get("check_empty", b"1") == b"1":
                raise error(400, "FACESET_NOT_EMPTY")
            del self.sets[name]
            self.keep()
        return {"faceset_token": uuid.uuid4().hex, "outer_id": name}

    def add(self, form):
        name, members = self.members(form)
        tokens = self.need(form, "face_tokens")[0].split(",")
        if not 1 <= len(tokens) <= 5:
            raise error(400, "BAD_ARGUMENTS: face_tokens")
        failed = []
        with self.lock:
            for token in tokens:
                if token not in self.tokens:
                    failed.append({"reason": "INVALID_FACE_TOKEN", "face_token": token})
                elif len(members) >= HOLDS:
                    failed.append({"reason": "QUOTA_EXCEEDED", "face_token": token})
                elif token not in members:
                    members.append(token)
            return {"faceset_token": uuid.uuid4().hex, "outer_id": name,
                    "face_added": len(tokens) - len(failed), "face_count": len(members),
                    "failure_detail": failed}

    def search(self, form):
        probe = self.face(self.need(form, "face_token")[0])
        _, members = self.members(form)
        count = form.get("return_result_count", b"1").decode()
        if not re.fullmatch("[1-5]", count):
            raise error(400, "BAD_ARGUMENTS: return_result_count")
        if not members:
            raise error(400, "EMPTY_FACESET")
        with self.lock:
            found = [{"face_token": t, "user_id": "", "confidence":
                      round(100 * pictures.alike(probe.hash, self.tokens[t].hash), 3)}
                     for t in members]
        found.sort(key=lambda r: -r["confidence"])
        return {"results": found[:int(count)], "thresholds": self.thresholds()}


def main():
    p = standin.parser("a stand-in of Face++")
    p.add_argument("--at-once", type=int)
    p.add_argument("--free", action="store_true")
    p.add_argument("--state")
    options = p.parse_args()
    standin.serve(Facepp(options), options)


main()
