#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of Amazon Rekognition for the tests: it checks what the real one checks.

The signature is computed again by botocore, requests and answers are held against
botocore's model of the service, pictures against the documented limits. What it says of
a picture comes from the picture's SHA-256, so it says the same every time; it looks at no
face. Keys: AWS_ACCESS_KEY_ID and the like of its own environment.

Besides standin.py's: --version V (FaceModelVersion; a fault "version" with a value
changes it), --state FILE (collections that outlive the stand-in). Faults: throttle,
throughput, expired, version.
"""
import base64
import datetime
import hashlib
import json
import os
import re
import sys
import threading
import uuid

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pictures  # noqa: E402
import standin  # noqa: E402

import botocore.session  # noqa: E402
from botocore.auth import SigV4Auth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402

TYPE = "application/x-amz-json-1.1"
MOST_BYTES = 5 * 1024 * 1024


def error(name, words, status=400):
    body = json.dumps({"__type": name, "Message": words}).encode()
    return standin.Fail(status, body, {"Content-Type": TYPE, "x-amzn-ErrorType": name,
                                       "x-amzn-RequestId": str(uuid.uuid4())})


class Picture:
    def __init__(self, data):
        self.hash = hashlib.sha256(data).digest()
        if len(data) > MOST_BYTES:
            raise error("ImageTooLargeException", "Image size is too large")
        size = pictures.size_of(data)
        if not size:
            raise error("InvalidImageFormatException", "Request has invalid image format")
        if min(size) < 80:
            raise error("InvalidParameterException", "Request has invalid parameters")
        self.faces = 0 if self.hash[1] < 16 else 2 if self.hash[1] < 40 else 1

    def box(self, face):
        left, top = self.hash[2] / 1024, self.hash[3] / 1024
        if face:  # smaller, and to the right of the first
            return {"Left": left + .5, "Top": top, "Width": .15, "Height": .2}
        return {"Left": left, "Top": top, "Width": .4 + self.hash[4] / 2560, "Height": .5}

    def gender(self, face):
        return "Female" if self.hash[5 + face] & 1 else "Male"

    def detail(self, face, everything):
        h = self.hash[8 + face:]
        said = {
            "BoundingBox": self.box(face), "Confidence": 99 + h[0] / 256,
            "Landmarks": [{"Type": "eyeLeft", "X": .3, "Y": .4}],
            "Pose": {"Roll": h[1] / 8 - 16, "Yaw": h[2] / 8 - 16, "Pitch": h[3] / 8 - 16},
            "Quality": {"Brightness": h[4] / 2.56, "Sharpness": h[5] / 2.56},
        }
        if everything:
            low = 2 + h[6] // 4
            said.update({
                "AgeRange": {"Low": low, "High": low + 8},
                "Gender": {"Value": self.gender(face), "Confidence": 50 + h[7] / 5.12},
                "Smile": {"Value": bool(h[8] & 1), "Confidence": 50 + h[9] / 5.12},
                "Emotions": [{"Type": "CALM", "Confidence": h[10] / 2.56},
                             {"Type": "HAPPY", "Confidence": h[11] / 2.56}],
            })
        return said


def similarity(a, b):
    return 100 * pictures.alike(a.hash, b.hash)


class Rekognition:
    def __init__(self, options):
        self.model = botocore.session.get_session().get_service_model("rekognition")
        self.credentials = Credentials(os.environ["AWS_ACCESS_KEY_ID"],
                                       os.environ["AWS_SECRET_ACCESS_KEY"],
                                       os.environ.get("AWS_SESSION_TOKEN") or None)
        self.version, self.region = options.version, options.region
        self.state, self.lock = options.state, threading.Lock()
        self.collections = {}
        if self.state and os.path.exists(self.state):
            for name in json.load(open(self.state, encoding="utf-8")):
                self.collections[name] = []

    def keep(self):
        if self.state:
            with open(self.state, "w", encoding="utf-8") as f:
                json.dump(sorted(self.collections), f)

    def operation(self, request):
        return (request.headers.get("X-Amz-Target") or "").rpartition(".")[2]

    def about(self, request):
        return {"bytes": len(request.body)}

    def prepare(self, rule):
        """Faults of its own as those that the server knows."""
        words = {"throttle": ("ThrottlingException", "Slow down", 400),
                 "throughput": ("ProvisionedThroughputExceededException", "Rate exceeded", 400),
                 "expired": ("ExpiredTokenException", "The security token included in the "
                             "request is expired", 400)}
        if rule["fault"] == "version":
            self.version = rule["value"]
            return None
        if rule["fault"] == "echo":
            told = error("InvalidParameterException", "token " +
                         str(self.credentials.token) + " key " + self.credentials.secret_key)
        elif rule["fault"] in words:
            told = error(*words[rule["fault"]])
        else:
            return rule
        return {**rule, "fault": "status", "value": [told.status, told.headers,
                                                     told.body.decode()]}

    # --- what the real one checks ---

    def check_signature(self, request):
        headers, given = request.headers, request.headers.get("Authorization") or ""
        match = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/"
                             r"aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
                             given)
        if not match:
            raise error("MissingAuthenticationTokenException", "Missing Authentication Token")
        key, day, region, service, signed, signature = match.groups()
        signed = signed.split(";")
        stamp = headers.get("X-Amz-Date") or ""
        when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ")
        age = abs((datetime.datetime.utcnow() - when).total_seconds())
        if key != self.credentials.access_key:
            raise error("UnrecognizedClientException",
                        "The security token included in the request is invalid")
        if (self.credentials.token or None) != headers.get("X-Amz-Security-Token"):
            raise error("UnrecognizedClientException",
                        "The security token included in the request is invalid")
        must = {"host"} | {name.lower() for name in headers if name.lower().startswith("x-amz-")}
        if not must <= set(signed) or age > 300 or region != self.region or \
                service != "rekognition" or not stamp.startswith(day):
            raise error("InvalidSignatureException", "the scope or its headers are wrong")
        again = AWSRequest(method=request.method, data=request.body,
                           url=f"http://{headers['Host']}{request.path}",
                           headers={name: headers[name] for name in signed})
        again.context["timestamp"] = stamp
        auth = SigV4Auth(self.credentials, service, region)
        text = auth.string_to_sign(again, auth.canonical_request(again))
        if auth.signature(text, again) != signature:
            raise error("InvalidSignatureException", "The request signature we calculated "
                        "does not match the signature you provided")

    def take(self, value, shape):
        """JSON as botocore's validator wants it: blobs are bytes; no member unknown."""
        if shape.type_name == "structure":
            for name in value:
                if name not in shape.members:
                    raise error("SerializationException", f"no member {name}")
            return {k: self.take(v, shape.members[k]) for k, v in value.items()}
        if shape.type_name == "list":
            return [self.take(v, shape.member) for v in value]
        if shape.type_name == "blob":
            return base64.b64decode(value, validate=True)
        if shape.type_name == "string":
            pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
            if (pattern and not re.fullmatch(pattern, value)) or (most and len(value) > most) \
                    or (shape.enum and value not in shape.enum):
                raise error("ValidationException", f"{shape.name} is not as it should be")
        most = shape.metadata.get("max")
        if shape.type_name in ("integer", "float") and most is not None and value > most:
            raise error("ValidationException", f"{shape.name} is too large")
        return value

    def check_model(self, params, shape, whose):
        report = ParamValidator().validate(params, shape)
        if report.has_errors():
            raise error("ValidationException", f"{whose}: {report.generate_report()}")

    def answer(self, request):
        operation = self.operation(request)
        if request.headers.get("Content-Type") != TYPE:
            raise error("UnknownOperationException", "the content type is another")
        if request.headers.get("X-Amz-Target") != f"RekognitionService.{operation}" or \
                operation not in self.model.operation_names or request.path != "/":
            raise error("UnknownOperationException", "there is no such target")
        self.check_signature(request)
        model = self.model.operation_model(operation)
        try:
            params = self.take(json.loads(request.body), model.input_shape)
        except (ValueError, TypeError, AttributeError) as e:
            raise error("SerializationException", str(e)) from e
        self.check_model(params, model.input_shape, "request")
        said = getattr(self, operation)(params)
        self.check_model(said, model.output_shape, "answer of the stand-in")
        return 200, {"Content-Type": TYPE, "x-amzn-RequestId": str(uuid.uuid4())}, \
            json.dumps(said).encode()

    # --- what it does ---

    def DetectFaces(self, params):
        picture = Picture(params["Image"]["Bytes"])
        everything = "ALL" in params.get("Attributes", [])
        return {"FaceDetails": [picture.detail(i, everything) for i in range(picture.faces)]}

    def CompareFaces(self, params):
        source = Picture(params["SourceImage"]["Bytes"])
        target = Picture(params["TargetImage"]["Bytes"])
        if not source.faces or not target.faces:
            raise error("InvalidParameterException", "Request has invalid parameters")
        scores = [similarity(source, target)] + [1.5] * (target.faces - 1)
        least = params.get("SimilarityThreshold", 80)
        faces = [{"BoundingBox": target.box(i), "Confidence": 99.5}
                 for i in range(target.faces)]
        matched = [(s, f) for s, f in zip(scores, faces) if s >= least]
        return {"SourceImageFace": {"BoundingBox": source.box(0), "Confidence": 99.5},
                "FaceMatches": [{"Similarity": s, "Face": f} for s, f in matched],
                "UnmatchedFaces": [f for s, f in zip(scores, faces) if s < least]}

    def find(self, params):
        with self.lock:
            if params["CollectionId"] not in self.collections:
                raise error("ResourceNotFoundException", "The collection id: " +
                            params["CollectionId"] + " does not exist")
            return self.collections[params["CollectionId"]]

    def CreateCollection(self, params):
        name = params["CollectionId"]
        with self.lock:
            if name in self.collections:
                raise error("ResourceAlreadyExistsException",
                            f"The collection id: {name} already exists")
            self.collections[name] = []
            self.keep()
        return {"StatusCode": 200, "FaceModelVersion": self.version,
                "CollectionArn": f"aws:rekognition:{self.region}:0:collection/{name}"}

    def DeleteCollection(self, params):
        self.find(params)
        with self.lock:
            del self.collections[params["CollectionId"]]
            self.keep()
        return {"StatusCode": 200}

    def IndexFaces(self, params):
        members, picture = self.find(params), Picture(params["Image"]["Bytes"])
        if not picture.faces:
            return {"FaceRecords": [], "FaceModelVersion": self.version, "UnindexedFaces": []}
        face = {"FaceId": str(uuid.uuid4()), "BoundingBox": picture.box(0),
                "ImageId": str(uuid.uuid4()), "Confidence": 99.5,
                "ExternalImageId": params["ExternalImageId"]}
        with self.lock:
            members.append((picture, face))
        return {"FaceRecords": [{"Face": face, "FaceDetail": picture.detail(0, False)}],
                "FaceModelVersion": self.version, "UnindexedFaces": []}

    def SearchFacesByImage(self, params):
        members, probe = self.find(params), Picture(params["Image"]["Bytes"])
        if not probe.faces:
            raise error("InvalidParameterException", "There are no faces in the image. Should "
                        "be at least 1.")
        found = sorted(((similarity(probe, p), f) for p, f in members),
                       key=lambda item: -item[0])
        least = params.get("FaceMatchThreshold", 80)
        found = [(s, f) for s, f in found if s >= least][:params.get("MaxFaces", 80)]
        return {"SearchedFaceBoundingBox": probe.box(0), "SearchedFaceConfidence": 99.5,
                "FaceMatches": [{"Similarity": s, "Face": f} for s, f in found],
                "FaceModelVersion": self.version}


def main():
    p = standin.parser("a stand-in of Amazon Rekognition")
    p.add_argument("--region", default="us-east-1")
    p.add_argument("--state")
    p.add_argument("--version", default="6.0")
    options = p.parse_args()
    standin.serve(Rekognition(options), options)


main()
