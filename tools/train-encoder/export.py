"""Writes the program's weight file from trained states, averaged with the base model.

`--state PATH=SHARE` may be given more than once; what the shares leave of 1 is the base model's.
The vocabulary keeps the pieces that `--texts` (JSON lines, every string in them) are cut into,
with and without accents, all short pieces of the scripts those texts use, and whatever pieces
cover a single character of theirs; the rest of the pieces becomes unknown to the tokenizer.
"""

import argparse
import collections
import hashlib
import json
import os
import unicodedata

import torch

import weights

# A piece seen less often than this is left out: a longer word is then cut into smaller pieces.
SEEN_MIN = 3
# Latin pieces up to so many characters are kept, seen or not.
SHORT_CHARS = 3


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from strings(part)


def without_accents(text):
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if not unicodedata.combining(c))


def used_pieces(file, paths, sample):
    encode = weights.tokenizer(file)
    seen = collections.Counter()
    for path in paths:
        texts = [text for line in open(path, encoding="utf-8") for text in strings(json.loads(line))]
        for at in range(0, len(texts), 4096):
            chunk = texts[at:at + 4096]
            for ids in encode(chunk, 100_000):
                seen.update(ids)
            for ids in encode([without_accents(t).lower() for t in chunk[::sample]], 100_000):
                seen.update(ids)
            for ids in encode([t.lower() for t in chunk[::sample]] + [t.upper() for t in chunk[::sample * 4]], 100_000):
                seen.update(ids)
    chars = {c for id_ in seen for c in file.pieces[id_].decode()}
    keep = {id_ for id_, count in seen.items() if count >= SEEN_MIN}
    for id_, piece in enumerate(file.pieces):
        text = piece.decode().replace("▁", "")
        is_latin = all("LATIN" in unicodedata.name(c, "") or ord(c) < 128 for c in text)
        if len(text) == 1 and (text in chars or is_latin) or len(text) <= SHORT_CHARS and is_latin and text.isascii():
            keep.add(id_)
        if text == "":
            keep.add(id_)
    return keep


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--state", action="append", default=[], metavar="PATH=SHARE")
    parser.add_argument("--texts", nargs="*", default=[], help="keep the whole vocabulary where none is given")
    parser.add_argument("--pieces", help="file of the pieces to keep: read if it is there, else written")
    parser.add_argument("--sample", type=int, default=4, help="every so many texts are also cut without accents")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    file = weights.File(args.weights)
    shares = [(path, float(share)) for path, _, share in (part.rpartition("=") for part in args.state)]
    rest = 1 - sum(share for _, share in shares)
    tensors = {name: values * rest if name != "emb.word" else values for name, (_, values) in file.tensors.items()}
    for path, share in shares:
        state = torch.load(path, map_location="cpu")
        state = state.get("model", state)
        for name in tensors:
            if name != "emb.word":
                tensors[name] = tensors[name] + share * state["trained." + name.replace(".", "_")].numpy().ravel()
    if args.pieces and os.path.exists(args.pieces):
        keep = json.load(open(args.pieces))
    else:
        keep = sorted(used_pieces(file, args.texts, args.sample)) if args.texts else range(len(file.pieces))
        if args.pieces:
            json.dump(list(keep), open(args.pieces, "w"))
    pieces, size = weights.write(args.out, file, tensors, keep)
    digest = hashlib.sha256(open(args.out, "rb").read()).hexdigest()
    print(f"{args.out}: {pieces} pieces, {size} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()
