"""Training pairs: questions and titles -> passages of the codification, with hard negatives.

Reads the question set (`--questions`, JSON lines of `question` and `gold`) and the unpacked
codification (`--codification`, folders of `demuc/*.html`), and writes one JSON line a pair:
`{"query", "passage", "negatives", "group", "kind", "article"}`. Questions whose wording is that
of a question in `--eval` (folded: case, accents, punctuation) are dropped and counted.
"""

import argparse
import collections
import glob
import html
import json
import random
import re
import unicodedata

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import HashingVectorizer

# Syllables of a passage's body; the program's own passages hold up to 170.
BODY_SYLLABLES_MAX = 120
# Places of the words' ranking that hard negatives are drawn from.
NEGATIVE_RANKS = 30
NEGATIVES = 4
# A passage that shares this much of its words with a right one is taken for right itself.
ALIKE = 0.55
KINDS = (
    "Thông tư liên tịch|Bộ luật|Pháp lệnh|Nghị định|Nghị quyết|Quyết định|Thông tư|Chỉ thị|Luật|Hiến pháp"
)
NOTE = re.compile(
    rf"Điều\s+(\d+[a-zđ]?)\S*\s+(?:của\s+)?({KINDS})\s+(?:liên tịch\s+)?(?:số:?\s*)?(\d[\w/\-Đđ.]*/[\w/\-Đđ]+)(.*)", re.I | re.S
)
TAG = re.compile(r"<[^>]+>")


def folded(text):
    """Letters without accents and case, and digits; what two questions are compared by."""
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def plain(markup):
    markup = re.sub(r"</p>|<br\s*/?>", "\n", markup)
    text = html.unescape(TAG.sub("", markup))
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def articles_of(path):
    """Articles of one file of the codification: document, label, title, text, targets of links."""
    source = open(path, encoding="utf-8").read()
    titles = {}
    for block in re.split(r"<p class='pDieu'>", source)[1:]:
        anchor = re.search(r"name='(\d+)'", block)
        head, _, rest = block.partition("</p>")
        title = plain(head)
        title = re.sub(r"^Điều\s+[\d.\w]+\.\s*", "", title).strip()
        note = re.search(r"<p class='pGhiChu'>(.*?)</p>", rest, re.S)
        found = NOTE.search(plain(note.group(1)).replace("\n", " ")) if note else None
        if not found:
            continue
        label, kind, number, tail = found.groups()
        own = re.match(r"\s*(.*?)\s*ngày\s+\d+/\d+/\d+\s+của", tail.split("có hiệu lực")[0])
        number = number.upper().replace("Đ", "Đ")
        if own and own.group(1):
            titles[number] = own.group(1).strip(" ,.")
        body = rest[note.end():]
        links = re.findall(r"ViewNoiDungPhapDien\('(\d+)'\)", body)
        body = re.split(r"<p class='(?:pChiDan|pChuong|pDieu|pMuc|pTieuMuc)", body)[0]
        yield {
            "anchor": anchor.group(1) if anchor else "",
            "number": number,
            "label": label.lower(),
            "kind": kind,
            "title": title,
            "text": plain(body),
            "links": links,
            "titles": titles,
        }


def read_codification(folders):
    """Every article once, the later folder's text winning, and documents' titles."""
    articles, titles = {}, {}
    for folder in folders:
        for path in sorted(glob.glob(f"{folder}/demuc/*.html")):
            for article in articles_of(path):
                titles.update(article.pop("titles"))
                if len(article["text"].split()) >= 8:
                    articles[(article["number"], article["label"])] = article
    return articles, titles


def heading(article, titles, rng):
    """A document's name in one of the forms corpora use, and the article's title."""
    kind, number = article["kind"], article["number"]
    year = next((part for part in re.split(r"[/\-]", number) if re.fullmatch(r"(19|20)\d\d", part)), "")
    title = titles.get(number, "")
    forms = [f"{kind} {number}"]
    if title and kind.lower() in ("luật", "bộ luật", "pháp lệnh"):
        forms = [f"{kind} {title} {year}".strip()]
    elif title and len(title.split()) <= 16:
        forms.append(f"{kind} {number} {title}")
    document = rng.choice(forms)
    return f"{document} - Điều {article['label']}. {article['title']}".rstrip(". ") if article["title"] else (
        f"{document} - Điều {article['label']}"
    )


def cut(text):
    """Runs of whole lines up to the limit; a longer line at its sentences, then by force."""
    runs, open_run = [], []
    pieces = []
    for line in text.split("\n"):
        words = line.split()
        while len(words) > BODY_SYLLABLES_MAX:
            end = next(
                (i + 1 for i in range(BODY_SYLLABLES_MAX - 1, 20, -1) if words[i][-1] in ".;:"), BODY_SYLLABLES_MAX
            )
            pieces.append(words[:end])
            words = words[end:]
        pieces.append(words)
    for words in pieces:
        if open_run and sum(map(len, open_run)) + len(words) > BODY_SYLLABLES_MAX:
            runs.append(open_run)
            open_run = []
        open_run.append(words)
    runs.append(open_run)
    return ["\n".join(" ".join(words) for words in run) for run in runs]


class Words:
    """BM25 over syllables and pairs of syllables."""

    def __init__(self, texts):
        self.hasher = HashingVectorizer(
            ngram_range=(1, 2), n_features=1 << 21, alternate_sign=False, norm=None, token_pattern=r"\w+", dtype=np.float32
        )
        counts = self.hasher.transform(texts).tocsr()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        self.idf = np.log1p((len(texts) - seen + 0.5) / (seen + 0.5)).astype(np.float32)
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
        counts.data = self.idf[counts.indices] * counts.data * 2.2 / (counts.data + norm[rows])
        self.weights = counts

    def scores(self, queries):
        wanted = self.hasher.transform(queries)
        wanted.data[:] = 1
        return scipy.sparse.csr_matrix(wanted @ self.weights.T)


def alike(a, b):
    a, b = set(a.lower().split()), set(b.lower().split())
    return len(a & b) / max(1, min(len(a), len(b)))


def negatives(row, passages, owner, articles, golds):
    """Passages the words rank high that belong to none of the right articles nor repeat them."""
    order = row.indices[np.argsort(-row.data)][:NEGATIVE_RANKS * 3]
    gold_titles = {folded(articles[gold]["title"]) for gold in golds}
    gold_texts = [articles[gold]["text"] for gold in golds]
    found, articles_seen = [], set()
    for at in order:
        key = owner[at]
        if key in golds or key in articles_seen or folded(articles[key]["title"]) in gold_titles:
            continue
        body = passages[at].split("\n", 1)[1]
        if any(alike(body, text) > ALIKE for text in gold_texts):
            continue
        articles_seen.add(key)
        found.append(passages[at])
        if len(found) == NEGATIVES * 2:
            break
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", required=True)
    parser.add_argument("--codification", nargs="+", required=True)
    parser.add_argument("--eval", nargs="*", default=[])
    parser.add_argument("--titles", type=int, default=1500, help="pairs of title and text")
    parser.add_argument("--links", type=int, default=0, help="pairs of an article's title and a related article")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rng = random.Random(args.seed)

    asked = {folded(json.loads(line)["question"]) for path in args.eval for line in open(path, encoding="utf-8")}
    asked_sets = [set(q.split()) for q in asked]
    articles, titles = read_codification(args.codification)
    print(f"{len(articles)} articles, {len(titles)} documents with a title")
    passages, owner, of = [], [], collections.defaultdict(list)
    for key, article in articles.items():
        head = heading(article, titles, rng)
        for body in cut(article["text"])[:6]:
            of[key].append(len(passages))
            passages.append(f"{head}\n{body}")
            owner.append(key)
    print(f"{len(passages)} passages")
    words = Words(passages)

    pairs, dropped, missing = [], 0, 0
    for line in open(args.questions, encoding="utf-8"):
        item = json.loads(line)
        key_text = folded(item["question"])
        own = set(key_text.split())
        if key_text in asked or any(len(own & other) > 0.85 * len(own | other) for other in asked_sets):
            dropped += 1
            continue
        golds = [(g["law_id"].upper(), g["article_id"].lower()) for g in item["gold"]]
        golds = [gold for gold in golds if gold in articles]
        if not golds:
            missing += 1
        pairs.extend({"kind": "question", "query": item["question"], "golds": golds, "gold": gold} for gold in golds)
    print(f"{len(pairs)} pairs of questions; {dropped} questions dropped as asked in the evaluation, {missing} without text")

    question_golds = {pair["gold"] for pair in pairs}
    keys = [key for key in articles if key not in question_golds and len(articles[key]["title"].split()) >= 5]
    common = collections.Counter(folded(articles[key]["title"]) for key in keys)
    keys = [key for key in keys if common[folded(articles[key]["title"])] <= 2]
    for key in rng.sample(keys, min(args.titles, len(keys))):
        pairs.append({"kind": "title", "query": articles[key]["title"], "golds": [key], "gold": key})
    by_anchor = {article["anchor"]: key for key, article in articles.items()}
    linked = [(key, by_anchor[link]) for key in keys for link in articles[key]["links"][:2] if link in by_anchor]
    for key, target in rng.sample(linked, min(args.links, len(linked))):
        pairs.append({"kind": "link", "query": articles[key]["title"], "golds": [target, key], "gold": target})

    with open(args.out, "w", encoding="utf-8") as out:
        for start in range(0, len(pairs), 64):
            batch = pairs[start:start + 64]
            scores = words.scores([pair["query"] for pair in batch])
            for row_at, pair in enumerate(batch):
                row = scores.getrow(row_at)
                own = of[pair["gold"]]
                at = max(own, key=lambda passage: row[0, passage])
                text = passages[at]
                if pair["kind"] == "title":
                    # The title alone would be found in the heading: only the document's name stays there.
                    head, _, body = text.partition("\n")
                    text = f"{head.split(' - ')[0]} - Điều {pair['gold'][1]}\n{body}"
                hard = negatives(row, passages, owner, articles, pair["golds"])
                out.write(json.dumps({
                    "kind": pair["kind"], "query": pair["query"], "passage": text,
                    "negatives": hard, "group": pair["gold"][0], "article": "/".join(pair["gold"]),
                    "golds": ["/".join(gold) for gold in pair["golds"]],
                }, ensure_ascii=False) + "\n")
    json.dump(sorted({c for p in passages for c in p}), open(args.out + ".chars", "w"), ensure_ascii=False)
    with open(args.out + ".passages", "w", encoding="utf-8") as out:
        out.writelines(json.dumps(p, ensure_ascii=False) + "\n" for p in passages)


if __name__ == "__main__":
    main()
