# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins say of pictures: it comes from a picture's SHA-256, so it is the same
every time; they look at no face."""
import hashlib


def size_of(data):
    """Width and height of a JPEG or PNG; None if it is neither."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 < len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return (int.from_bytes(data[at + 7:at + 9], "big"),
                    int.from_bytes(data[at + 5:at + 7], "big"))
        at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
    return None


def alike(a, b):
    """How alike two faces are by their hashes, 0 to 1."""
    if a == b:
        return 1.0
    mixed = hashlib.sha256(b"".join(sorted((a, b)))).digest()
    return int.from_bytes(mixed[:4], "big") / 2 ** 32 * .99


class Face:
    """One of a picture; its hash is who it is."""

    def __init__(self, picture, index):
        self.picture, self.index = picture, index
        self.hash = hashlib.sha256(picture.hash + bytes([index])).digest()
        share = .5 if index == 0 else .2  # the first is the largest
        self.width = max(1, int(picture.width * share))
        self.height = max(1, int(picture.height * share))
        self.left = int(picture.width * (self.hash[0] / 1024 + .5 * (index > 0)))
        self.top = int(picture.height * self.hash[1] / 1024)
        self.female = bool(self.hash[2] & 1)
        self.age = 18 + self.hash[3] // 4
        self.sure = .5 + self.hash[4] / 512
        self.quality = self.hash[5] / 255
        self.yaw, self.pitch, self.roll = (b / 8 - 16 for b in self.hash[6:9])

    def meets(self, left, top, width, height):
        return (left < self.left + self.width and self.left < left + width
                and top < self.top + self.height and self.top < top + height)


class Picture:
    """None or more faces; (width, height) is None where the bytes are no picture."""

    def __init__(self, data):
        self.hash, self.bytes = hashlib.sha256(data).digest(), len(data)
        self.size = size_of(data)
        self.width, self.height = self.size or (1, 1)
        count = 0 if self.hash[1] < 16 else 2 if self.hash[1] < 40 else 1
        self.faces = [Face(self, i) for i in range(count)]
