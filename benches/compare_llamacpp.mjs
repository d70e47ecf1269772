/*
Writing of a model beside llama.cpp, turn by turn on the same machine.

Makes a throw-away folder, installs node-llama-cpp into it (llama.cpp built for many processors; its
own scripts are not run), and lets both sides answer the same prompt with the same weights, two
threads each, greedily, 64 tokens: first with nothing known of the prompt, then with its fixed
instructions known. Prints medians and ratios. Leaves nothing behind.

    cargo bench --bench generate --no-run
    node benches/compare_llamacpp.mjs BENCH_EXECUTABLE MODEL.gguf [ROUNDS]

The prompt is laid out as Qwen's models want it, so MODEL must be one of them.
*/

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const THREADS = 2;
const ANSWER_TOKENS = 64;
const CONTEXT_TOKENS = 4096;

const [bench, model, rounds = "5"] = process.argv.slice(2);
if (!bench || !model) {
    console.error("usage: node benches/compare_llamacpp.mjs BENCH_EXECUTABLE MODEL.gguf [ROUNDS]");
    process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "compare-llamacpp-"));
try {
    await compare();
} finally {
    rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function compare() {
    const npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", "node-llama-cpp@3"];
    execFileSync("npm", npm, { cwd: folder, stdio: "inherit" });
    const entry = createRequire(join(folder, "x.js")).resolve("node-llama-cpp");
    const { getLlama } = await import(pathToFileURL(entry).href);
    const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
    const ours = await startOurs();
    const theirs = await startTheirs(llama, ours.prompt);
    const figures = {};
    for (let round = 0; round < Number(rounds); round += 1) {
        for (const kind of ["first", "cached"]) {
            for (const [side, ask] of [["ours", ours.ask], ["theirs", theirs]]) {
                const run = await ask(kind);
                for (const [name, value] of Object.entries(run)) {
                    (figures[`${side} ${kind} ${name}`] ??= []).push(value);
                }
            }
        }
    }
    report(figures);
}

/** Our side: the bench, one line a run. */
async function startOurs() {
    const environment = { ...process.env, RAYON_NUM_THREADS: String(THREADS) };
    const child = spawn(resolve(bench), ["--ask", resolve(model)], { stdio: ["pipe", "pipe", "inherit"], env: environment });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => {
        const { value, done } = await lines.next();
        if (done) throw new Error("the bench ended early");
        return JSON.parse(value);
    };
    const prompt = await next();
    const ask = (kind) => {
        child.stdin.write(`${kind}\n`);
        return next();
    };
    return { prompt, ask };
}

/** Their side: a new sequence for `first`; for `cached` one that has read the instructions. */
async function startTheirs(llama, prompt) {
    const loaded = await llama.loadModel({ modelPath: resolve(model), useMmap: true });
    const prefix = loaded.tokenize(`<|im_start|>system\n${prompt.system}<|im_end|>\n`, true);
    const rest = loaded.tokenize(`<|im_start|>user\n${prompt.user}<|im_end|>\n<|im_start|>assistant\n`, true);
    return async (kind) => {
        const context = await loaded.createContext({
            contextSize: CONTEXT_TOKENS, threads: { ideal: THREADS, min: THREADS }, flashAttention: false,
        });
        const sequence = context.getSequence();
        let tokens = [...prefix, ...rest];
        if (kind === "cached") {
            await sequence.evaluateWithoutGeneratingNewTokens(prefix);
            tokens = rest;
        }
        const start = performance.now();
        let first = 0;
        let count = 0;
        for await (const _ of sequence.evaluate(tokens, { temperature: 0 })) {
            count += 1;
            if (count === 1) first = performance.now() - start;
            if (count === ANSWER_TOKENS) break;
        }
        const decoding_s = (performance.now() - start - first) / 1000;
        await context.dispose();
        return { prompt_tokens: prefix.length + rest.length, first_ms: first, decode_per_s: (count - 1) / decoding_s };
    };
}

function report(figures) {
    const median = (name) => figures[name].toSorted((a, b) => a - b)[figures[name].length >> 1];
    const round = (value) => value.toFixed(value < 100 ? 2 : 0);
    for (const [name] of Object.entries(figures)) console.log(`${name}: median ${round(median(name))}`);
    const ratio = (a, b) => round(median(a) / median(b));
    console.log(`decoding, ours / theirs: ${ratio("ours first decode_per_s", "theirs first decode_per_s")}`);
    console.log(`first word, ours / theirs: ${ratio("ours first first_ms", "theirs first first_ms")}`);
    console.log(`first word with the instructions cached, ours / theirs without: ${ratio("ours cached first_ms", "theirs first first_ms")}`);
    console.log(`the same, both cached: ${ratio("ours cached first_ms", "theirs cached first_ms")}`);
}
