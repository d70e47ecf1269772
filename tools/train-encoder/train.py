"""Fine-tunes the encoder's layers on pairs of a question and the passage that answers it.

Contrast within the batch, whose pairs come from neighbouring documents, and one hard negative
for a share of them. Word embeddings stay as they are, so the vocabulary can be trimmed later.
Resumes from `--state` when that file is there; seeds are fixed, but sums on several threads
are not bit for bit the same from run to run.
"""

import argparse
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import weights

QUERY_TOKENS_MAX = 48
WARM_UP_STEPS = 10
# The same pairs are held out whatever the seed of a run.
HELD_OUT_SEED = 7


class Encoder(torch.nn.Module):
    def __init__(self, file):
        super().__init__()
        self.shape = file.header
        self.epsilon = file.epsilon
        hidden, inner = self.shape["hidden"], self.shape["feed_forward"]
        self.words = torch.from_numpy(file.array("emb.word", self.shape["words"], hidden))
        self.trained = torch.nn.ParameterDict()
        for name, (kind, values) in file.tensors.items():
            if name == "emb.word":
                continue
            rows = {"fi.w": (inner, hidden), "fo.w": (hidden, inner)}.get(name.split(".", 1)[-1], (hidden, hidden))
            if name in ("emb.pos", "emb.type"):
                rows = (-1, hidden)
            elif kind == weights.F32:
                rows = (-1,)
            # Parameter names may hold no dot.
            self.trained[name.replace(".", "_")] = torch.nn.Parameter(torch.from_numpy(values).reshape(rows).clone())

    def get(self, name):
        return self.trained[name.replace(".", "_")]

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.get(f"{name}.w"), self.get(f"{name}.b"), self.epsilon)

    def linear(self, x, name):
        return F.linear(x, self.get(f"{name}.w"), self.get(f"{name}.b"))

    def forward(self, sequences):
        """Unit vectors of lists of token ids."""
        # Few different shapes let the allocator reuse what it has.
        longest = -(-max(map(len, sequences)) // 16) * 16
        ids = torch.zeros(len(sequences), longest, dtype=torch.long)
        mask = torch.zeros(len(sequences), longest, dtype=torch.bool)
        for row, sequence in enumerate(sequences):
            ids[row, :len(sequence)] = torch.tensor(sequence)
            mask[row, :len(sequence)] = True
        x = self.words[ids] + self.get("emb.pos")[:longest] + self.get("emb.type")[0]
        x = self.norm(x, "emb.ln")
        heads = self.shape["heads"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in range(self.shape["layers"]):
                name = f"l{layer}."
                split = lambda y: y.view(*y.shape[:2], heads, -1).transpose(1, 2)
                q, k, v = (split(self.linear(x, name + part)) for part in "qkv")
                mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
                mixed = mixed.transpose(1, 2).reshape(x.shape)
                x = self.norm(x + self.linear(mixed, name + "ao"), name + "aln")
                x = self.norm(x + self.linear(F.gelu(self.linear(x, name + "fi")), name + "fo"), name + "oln")
        x = x.float() * mask[..., None]
        return F.normalize(x.sum(1), dim=-1)

    def arrays(self):
        arrays = {name.replace("_", ".", 1) if name.startswith("l") else name: p for name, p in self.trained.items()}
        return {key: p.detach().numpy() for key, p in arrays.items()}


def loss_of(model, batch, temperature, negatives):
    queries = model([pair["query"] for pair in batch])
    passages = [pair["passage"] for pair in batch]
    owners = [pair["article"] for pair in batch]
    for pair in batch[:negatives]:
        passages.append(pair["negative"])
        owners.append(None)
    vectors = torch.cat([model(passages[:len(batch)]), *([model(passages[len(batch):])] if negatives else [])])
    scores = queries @ vectors.T / temperature
    hidden = torch.tensor([[i != j and owner in pair["golds"] for j, owner in enumerate(owners)]
                           for i, pair in enumerate(batch)])
    scores = scores.masked_fill(hidden, float("-inf"))
    target = torch.arange(len(batch))
    back = scores[:, :len(batch)].T
    return F.cross_entropy(scores, target) + 0.3 * F.cross_entropy(back, target)


def batches(pairs, size, rng):
    """Shuffled, with pairs of neighbouring documents together so that they contrast with each other."""
    groups = {}
    for pair in pairs:
        groups.setdefault(pair["group"], []).append(pair)
    runs = []
    for group in groups.values():
        rng.shuffle(group)
        runs.extend(group[at:at + 6] for at in range(0, len(group), 6))
    rng.shuffle(runs)
    flat = [pair for run in runs for pair in run]
    made = []
    for at in range(0, len(flat) - size // 2, size):
        batch, seen = [], set()
        for pair in flat[at:at + size]:
            if pair["article"] not in seen:
                seen.add(pair["article"])
                batch.append(pair)
        rng.shuffle(batch)
        made.append(batch)
    rng.shuffle(made)
    return made


@torch.no_grad()
def held_out_mrr(model, held):
    """Mean reciprocal rank of the right passages among those of all held-out pairs and their negatives."""
    texts, owners = [], []
    for pair in held:
        for article, ids in [(pair["article"], pair["passage"]), *[(None, n) for n in pair["all_negatives"][:4]]]:
            texts.append(ids)
            owners.append(article)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = torch.zeros(len(texts), model.shape["hidden"])
    for at in range(0, len(order), 32):
        vectors[order[at:at + 32]] = model([texts[i] for i in order[at:at + 32]])
    queries = torch.cat([model([pair["query"] for pair in held[at:at + 32]]) for at in range(0, len(held), 32)])
    total = 0
    for pair, scores in zip(held, queries @ vectors.T):
        rank = next(r for r, i in enumerate(scores.argsort(descending=True).tolist()) if owners[i] in pair["golds"])
        total += 1 / (rank + 1)
    return total / len(held)


def load_pairs(path, file, tokens_max, held_out):
    encode = weights.tokenizer(file)
    pairs = [json.loads(line) for line in open(path, encoding="utf-8")]
    pairs = [pair for pair in pairs if pair["negatives"]]
    queries = encode(["query: " + pair["query"] for pair in pairs], QUERY_TOKENS_MAX)
    passages = encode(["passage: " + pair["passage"] for pair in pairs], tokens_max)
    flat = encode(["passage: " + text for pair in pairs for text in pair["negatives"]], tokens_max)
    at = 0
    for pair, query, passage in zip(pairs, queries, passages):
        count = len(pair["negatives"])
        pair.update(query=query, passage=passage, all_negatives=flat[at:at + count])
        at += count
    # By document, so that no held-out article is trained on.
    documents = sorted({pair["group"] for pair in pairs if pair["kind"] == "question"})
    random.Random(HELD_OUT_SEED).shuffle(documents)
    held, held_documents = [], set()
    for document in documents:
        if len(held) >= held_out:
            break
        held.extend(p for p in pairs if p["group"] == document and p["kind"] == "question")
        held_documents.add(document)
    return [p for p in pairs if p["group"] not in held_documents], held


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--steps", type=int, default=10**9, help="stops after so many steps of these epochs")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--negatives", type=int, default=12, help="hard negatives a batch, one a pair")
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--temperature", type=float, default=0.02)
    parser.add_argument("--tokens", type=int, default=160)
    parser.add_argument("--held-out", type=int, default=100)
    parser.add_argument("--check-every", type=int, default=40, help="steps between checks on the held-out pairs")
    parser.add_argument("--check-first", action="store_true", help="checks the model as it comes, too")
    parser.add_argument("--seconds", type=float, default=1e9, help="stops with a saved state after this time")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)
    torch.set_num_threads(int(os.environ.get("THREADS", "2")))
    started = time.time()

    file = weights.File(args.weights)
    train, held = load_pairs(args.pairs, file, args.tokens, args.held_out)
    model = Encoder(file)
    decayed = [p for p in model.trained.values() if p.dim() > 1]
    plain = [p for p in model.trained.values() if p.dim() == 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=args.rate
    )
    plan = []
    for epoch in range(args.epochs):
        rng = random.Random(args.seed + epoch)
        for batch in batches(train, args.batch, rng):
            plan.append([dict(pair, negative=rng.choice(pair["all_negatives"])) for pair in batch])
    plan = plan[:args.steps]
    step, checks = 0, []
    if os.path.exists(args.state):
        state = torch.load(args.state)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step, checks = state["step"], state["checks"]
    print(f"{len(train)} pairs, {len(held)} held out, {len(plan)} steps, from {step}", flush=True)

    def save():
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "checks": checks}
        torch.save(state, args.state + ".new")
        os.replace(args.state + ".new", args.state)

    def check():
        checks.append((step, held_out_mrr(model, held)))
        print(f"step {step}: held-out MRR {checks[-1][1]:.4f}, {time.time() - started:.0f} s", flush=True)
        torch.save(model.state_dict(), f"{args.state}.step{step}")

    if step == 0 and args.check_first:
        check()
    while step < len(plan) and time.time() - started < args.seconds:
        share = min((step + 1) / WARM_UP_STEPS, 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / len(plan))))
        for group in optimiser.param_groups:
            group["lr"] = args.rate * share
        loss = loss_of(model, plan[step], args.temperature, args.negatives)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        print(f"step {step}: loss {loss.item():.4f}, {time.time() - started:.0f} s", flush=True)
        if step % args.check_every == 0 or step == len(plan):
            check()
        if step % 10 == 0:
            save()
    save()


if __name__ == "__main__":
    main()
