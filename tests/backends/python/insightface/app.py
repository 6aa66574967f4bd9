# SPDX-License-Identifier: GPL-3.0-or-later
import numpy

import standin


class Face:
    def __init__(self, bgr, box):
        x, y, w, h = box
        self.bbox = numpy.array([x, y, x + w, y + h], dtype=numpy.float32)
        self.det_score = numpy.float32(0.75)
        self.sex = "M" if standin.is_man(bgr) else "F"
        self.age = numpy.int64(40)
        template = standin.embed(bgr, 512)
        self.normed_embedding = template / numpy.linalg.norm(template)


class FaceAnalysis:
    def __init__(self, name="buffalo_l", root="~/.insightface", allowed_modules=None, **kwargs):
        print("find model:", root, name)
        assert kwargs == {"providers": ["CPUExecutionProvider"]}
        assert allowed_modules == ["detection", "recognition", "genderage"]

    def prepare(self, ctx_id, det_thresh=0.5, det_size=(640, 640)):
        assert ctx_id == -1 and det_thresh == 0.5 and det_size == (640, 640)

    def get(self, img, max_num=0):
        box = standin.find(img)
        return [Face(img, box)] if box else []
