#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of the Azure AI Face service for the tests: it checks what the reference of
its REST API, v1.0, says that the real one checks: key, content type, sizes of pictures,
models, that a faceId lives, and that a gallery is trained before it is searched.

Keys: AZURE_FACE_KEY and AZURE_FACE_TOKEN of its own environment, of which one is enough.
Besides standin.py's: --state FILE (galleries that outlive the stand-in), --gender (the
retired attributes are still offered), --limited (the account has no approval for
recognition), --polls N (a training takes so many). Faults: throttle, forget (all faceIds
have ended).
"""
import hmac
import json
import os
import re
import sys
import threading
import time
import urllib.parse
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pictures  # noqa: E402
import standin  # noqa: E402

GROUPS, LISTS = "largepersongroups", "largefacelists"
NAMES = {GROUPS: "LargePersonGroup", LISTS: "LargeFaceList"}
ATTRIBUTES = {"detection_01": {"headPose", "glasses", "qualityForRecognition", "age",
                               "gender", "blur", "exposure", "noise", "occlusion",
                               "accessories", "mask"},
              "detection_02": set(),
              "detection_03": {"headPose", "mask", "qualityForRecognition", "blur"}}
RETIRED = {"age", "gender"}


def error(status, code, message, inner=None, headers=None):
    said = {"error": {"code": code, "message": message}}
    if inner:
        said["error"]["innererror"] = {"code": inner[0], "message": inner[1]}
    return standin.Fail(status, json.dumps(said).encode(),
                        {"Content-Type": "application/json", **(headers or {})})


def unsupported(features):
    return error(403, "InvalidRequest", "Invalid request has been sent.",
                 ("UnsupportedFeature", "Feature is not supported, missing approval for one "
                  f"or more of the following features: {features}. Please apply for access "
                  "at https://aka.ms/facerecognition"))


class Gallery:
    def __init__(self, kind, model):
        self.kind, self.model, self.left, self.trained = kind, model, 0, None
        self.faces = {}     # of lists: persistedFaceId -> face
        self.persons = {}   # of groups: personId -> faces


class Azure:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.key, self.token = (os.environ.get(name) or "" for name in
                                ("AZURE_FACE_KEY", "AZURE_FACE_TOKEN"))
        self.ids, self.galleries = {}, {}
        if options.state and os.path.exists(options.state):
            for path in json.load(open(options.state, encoding="utf-8")):
                self.galleries[path] = Gallery(path.split("/")[0], "recognition_04")

    def keep(self):
        if self.options.state:
            with open(self.options.state, "w", encoding="utf-8") as f:
                json.dump(sorted(self.galleries), f)

    def operation(self, request):
        path = urllib.parse.urlsplit(request.path).path.split("/")[3:]
        if path and path[0] in NAMES:
            return request.method + (" " + path[-1] if len(path) > 2 else " gallery")
        return path[0] if path else ""

    def about(self, request):
        return {"bytes": len(request.body), "method": request.method}

    def prepare(self, rule):
        if rule["fault"] == "forget":
            with self.lock:
                self.ids.clear()
            return None
        if rule["fault"] == "throttle":
            return {**rule, "fault": "status", "value": [
                429, {"Content-Type": "application/json", "Retry-After":
                      str(rule.get("value", 1))},
                json.dumps({"error": {"code": "429", "message": "Requests have exceeded "
                                      "call rate limit."}})]}
        return rule

    # --- what the real one checks ---

    def check_key(self, headers):
        key = headers.get("Ocp-Apim-Subscription-Key") or ""
        bearer = headers.get("Authorization") or ""
        if self.key and hmac.compare_digest(key.encode(), self.key.encode()):
            return
        if self.token and hmac.compare_digest(bearer.encode(),
                                              b"Bearer " + self.token.encode()):
            return
        raise error(401, "401", "Access denied due to invalid subscription key or wrong API "
                    "endpoint. Make sure to provide a valid key for an active subscription "
                    "and use a correct regional API endpoint for your resource.")

    def picture(self, request):
        if request.headers.get("Content-Type") != "application/octet-stream":
            raise error(415, "InvalidMediaType", "Unsupported media type.")
        p = pictures.Picture(request.body)
        if not p.size:
            raise error(400, "InvalidImage", "Decoding error, image format unsupported.")
        if p.bytes < 1024 or min(p.size) < 36:
            raise error(400, "InvalidImageSize", "Image size is too small.")
        if p.bytes > 6 << 20:
            raise error(400, "InvalidImageSize", "Image size is too big.")
        return p

    def json(self, request, needed):
        if request.headers.get("Content-Type") != "application/json":
            raise error(415, "InvalidMediaType", "Unsupported media type.")
        try:
            said = json.loads(request.body)
        except ValueError as e:
            raise error(400, "BadArgument", "Invalid JSON in request.") from e
        if not isinstance(said, dict) or not needed <= set(said):
            raise error(400, "BadArgument", "JSON parsing error.")
        return said

    def face(self, face_id):
        with self.lock:
            face, model, ends = self.ids.get(face_id, (None, None, 0))
        if not face or ends < time.time():
            raise error(404, "FaceNotFound", "Face not found.")
        return face, model

    def gallery(self, path):
        with self.lock:
            found = self.galleries.get("/".join(path[:2]))
        if not found:
            raise error(404, NAMES[path[0]] + "NotFound",
                        NAMES[path[0]] + " is not found.")
        return found

    def answer(self, request):
        url = urllib.parse.urlsplit(request.path)
        path, query = url.path.split("/")[1:], dict(urllib.parse.parse_qsl(url.query))
        if path[:2] != ["face", "v1.0"] or len(path) < 3:
            raise error(404, "404", "Resource not found")
        self.check_key(request.headers)
        path = path[2:]
        if path[0] in NAMES:
            done = self.at_gallery(request, path, query)
        elif request.method == "POST" and path[0] in ("detect", "verify", "identify",
                                                      "findsimilars"):
            done = getattr(self, path[0])(request, query)
        else:
            raise error(404, "404", "Resource not found")
        status, said = done if isinstance(done, tuple) else (200, done)
        body = b"" if said is None else json.dumps(said).encode()
        return status, {"Content-Type": "application/json; charset=utf-8",
                        "apim-request-id": str(uuid.uuid4())}, body

    # --- what it does ---

    def detect(self, request, query):
        detection = query.get("detectionModel", "detection_01")
        model = query.get("recognitionModel", "recognition_01")
        wanted = set(filter(None, query.get("returnFaceAttributes", "").split(",")))
        named = query.get("returnFaceId", "true") == "true"
        life = int(query.get("faceIdTimeToLive", "86400"))
        if detection not in ATTRIBUTES or not re.fullmatch("recognition_0[1-4]", model) \
                or not wanted <= ATTRIBUTES[detection] or not 60 <= life <= 86400:
            raise error(400, "BadArgument", "An argument is invalid.")
        if wanted & RETIRED and not self.options.gender:
            raise unsupported("Attributes")
        if named and self.options.limited:
            raise unsupported("Identification,Verification")
        said = []
        for face in self.picture(request).faces:
            one = {"faceRectangle": {"top": face.top, "left": face.left,
                                     "width": face.width, "height": face.height}}
            if named:
                one["faceId"] = str(uuid.uuid4())
                with self.lock:
                    self.ids[one["faceId"]] = face, model, time.time() + life
            if wanted:
                all_ = {"headPose": {"pitch": face.pitch, "roll": face.roll,
                                     "yaw": face.yaw}, "glasses": "NoGlasses",
                        "qualityForRecognition": ["low", "medium", "high"][face.age % 3],
                        "age": float(face.age), "gender": "female" if face.female else "male"}
                one["faceAttributes"] = {k: v for k, v in all_.items() if k in wanted}
            said.append(one)
        return said

    def approved(self):
        if self.options.limited:
            raise unsupported("Identification,Verification")

    def verify(self, request, _query):
        self.approved()
        said = self.json(request, {"faceId1", "faceId2"})
        one, model = self.face(said["faceId1"])
        other, model2 = self.face(said["faceId2"])
        if model != model2:
            raise error(400, "BadArgument", "'recognitionModel' is incompatible.")
        confidence = round(pictures.alike(one.hash, other.hash), 5)
        return {"isIdentical": confidence >= .5, "confidence": confidence}

    def searched(self, kind, name, model):
        found = self.gallery([kind, name])
        if found.trained is None:
            raise error(400, NAMES[kind] + "NotTrained", NAMES[kind] + " not trained.")
        if found.model != model:
            raise error(400, "BadArgument", "'recognitionModel' is incompatible.")
        return found.trained

    def candidates(self, said, probe, faces, key, most, usual):
        most_asked = said.get("maxNumOfCandidatesReturned", usual)
        if not isinstance(most_asked, int) or not 1 <= most_asked <= most:
            raise error(400, "BadArgument", "maxNumOfCandidatesReturned is invalid.")
        least = said.get("confidenceThreshold", 0)
        found = [{key: name, "confidence": round(max(pictures.alike(probe.hash, f.hash)
                                                     for f in of), 5)}
                 for name, of in faces.items() if of]
        found = [c for c in found if c["confidence"] >= least]
        return sorted(found, key=lambda c: -c["confidence"])[:most_asked]

    def identify(self, request, _query):
        self.approved()
        said = self.json(request, {"faceIds", "largePersonGroupId"})
        if not 1 <= len(said["faceIds"]) <= 10:
            raise error(400, "BadArgument", "faceIds is invalid.")
        out = []
        for name in said["faceIds"]:
            probe, model = self.face(name)
            faces = self.searched(GROUPS, said["largePersonGroupId"], model)
            out.append({"faceId": name, "candidates":
                        self.candidates(said, probe, faces, "personId", 100, 10)})
        return out

    def findsimilars(self, request, _query):
        self.approved()
        said = self.json(request, {"faceId", "largeFaceListId"})
        probe, model = self.face(said["faceId"])
        faces = self.searched(LISTS, said["largeFaceListId"], model)
        return self.candidates(said, probe, faces, "persistedFaceId", 1000, 20)

    def at_gallery(self, request, path, query):
        self.approved()
        name, rest = "/".join(path[:2]), path[2:]
        if len(path) < 2 or not re.fullmatch("[a-z0-9_-]{1,64}", path[1]):
            raise error(400, "BadParameter", "The id is invalid.")
        if request.method == "PUT" and not rest:
            said = self.json(request, {"name"})
            with self.lock:
                if name in self.galleries:
                    raise error(409, NAMES[path[0]] + "Exists", "It exists already.")
                self.galleries[name] = Gallery(path[0], said.get("recognitionModel",
                                                                 "recognition_01"))
                self.keep()
            return None
        gallery = self.gallery(path)
        if request.method == "DELETE" and not rest:
            with self.lock:
                del self.galleries[name]
                self.keep()
            return None
        if request.method == "POST" and rest == ["persons"] and path[0] == GROUPS:
            self.json(request, {"name"})
            person = str(uuid.uuid4())
            with self.lock:
                gallery.persons[person] = []
            return {"personId": person}
        if request.method == "POST" and rest[-1] == "persistedfaces":
            return self.add(request, gallery, rest, query)
        if request.method == "POST" and rest == ["train"]:
            with self.lock:
                gallery.left, gallery.trained = self.options.polls, None
            return 202, None
        if request.method == "GET" and rest == ["training"]:
            return self.training(gallery)
        raise error(404, "404", "Resource not found")

    def add(self, request, gallery, rest, query):
        if query.get("detectionModel") not in ATTRIBUTES:
            raise error(400, "BadArgument", "detectionModel is invalid.")
        faces = self.picture(request).faces
        if "targetFace" in query:
            box = [int(n) for n in query["targetFace"].split(",")]
            faces = [f for f in faces if f.meets(*box)][:1]
        if not faces:
            raise error(400, "InvalidImage", "No face detected in the image.")
        if len(faces) > 1:
            raise error(400, "InvalidImage", "There is more than 1 face in the image.")
        name = str(uuid.uuid4())
        with self.lock:
            if gallery.kind == LISTS and len(rest) == 1:
                gallery.faces[name] = [faces[0]]
            elif gallery.kind == GROUPS and len(rest) == 3 and rest[1] in gallery.persons:
                gallery.persons[rest[1]].append(faces[0])
            else:
                raise error(404, "PersonNotFound", "Person is not found.")
        return {"persistedFaceId": name}

    def training(self, gallery):
        with self.lock:
            ended = gallery.left <= 0
            gallery.left -= 1
            if ended and gallery.trained is None:
                gallery.trained = {k: list(v) for k, v in
                                   (gallery.persons or gallery.faces).items()}
        return {"status": "succeeded" if ended else "running",
                "createdDateTime": "2026-11-23T07:00:00Z", "message": None}


def main():
    p = standin.parser("a stand-in of the Azure AI Face service")
    p.add_argument("--gender", action="store_true")
    p.add_argument("--limited", action="store_true")
    p.add_argument("--polls", type=int, default=1)
    p.add_argument("--state")
    options = p.parse_args()
    standin.serve(Azure(options), options)


main()
