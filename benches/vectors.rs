/*!
How fast is a question compared with every vector of a large index?

Measured: the ten nearest passages, on one thread, p50 and p95 over many questions: through the
bytes with f32 for what could be among the first, and in f32 throughout; with all passages in
force, and with every third one left out before anything is compared. Also the time to open the
file and make the bytes. On: 200,000 vectors of 384 dimensions from a fixed seed, spread about a
common centre so that cosines lie as close together as those of the default encoder (their mean
and the best are printed). Both ways must give the same passages, or the bench fails.

    cargo bench --bench vectors -- [COUNT]
*/
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use congdoan::index::vectors::{Vectors, VectorsView, VectorsWriter};

const COUNT: usize = 200_000;
const DIMENSIONS: usize = 384;
const QUESTIONS: usize = 200;
const NEAREST: usize = 10;
/// How far apart vectors lie, against the length of their common part.
const SPREAD: f32 = 0.5;
/// Subjects; vectors of one subject lie closer to each other than to others.
const SUBJECTS: usize = 400;

fn main() -> anyhow::Result<()> {
    let count = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(COUNT);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("vectors");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let centre: Vec<f32> = random.vector(1.0);
    let subjects: Vec<Vec<f32>> = (0..SUBJECTS).map(|_| random.vector(SPREAD)).collect();
    let one = |random: &mut Random| {
        let subject = &subjects[random.next() as usize % SUBJECTS];
        let own = random.vector(SPREAD);
        let sum: Vec<f32> = centre.iter().zip(subject).zip(own).map(|((c, s), o)| c + s + o).collect();
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        sum.iter().map(|x| x / length).collect::<Vec<f32>>()
    };
    let mut writer = VectorsWriter::create(&path, DIMENSIONS, count)?;
    for _ in 0..count {
        writer.push(&one(&mut random))?;
    }
    writer.finish()?;
    let start = Instant::now();
    let view = Vectors::open(&path)?.view();
    println!("{count} x {DIMENSIONS}: opened in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let questions: Vec<Vec<f32>> = (0..QUESTIONS).map(|_| one(&mut random)).collect();
    for (what, step) in [("all in force", usize::MAX), ("two thirds in force", 3)] {
        let admits = |passage: usize| !(passage + 1).is_multiple_of(step);
        let (mut bytes, mut floats, mut best) = (Vec::new(), Vec::new(), 0.0);
        for question in &questions {
            let start = Instant::now();
            let found = view.nearest(question, (0..count).filter(|passage| admits(*passage)), NEAREST);
            bytes.push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            let naive = in_floats(&view, question, (0..count).filter(|passage| admits(*passage)));
            floats.push(start.elapsed().as_secs_f64() * 1e3);
            best += found[0].cosine / QUESTIONS as f32;
            let found: Vec<(usize, f32)> = found.iter().map(|best| (best.passage, best.cosine)).collect();
            anyhow::ensure!(found == naive, "the two ways differ");
        }
        println!("{what}: bytes {}, f32 {}; best cosine {best:.3} on average", shown(bytes), shown(floats));
    }
    Ok(())
}

fn in_floats(view: &VectorsView, question: &[f32], passages: impl Iterator<Item = usize>) -> Vec<(usize, f32)> {
    let mut all: Vec<(usize, f32)> = passages.filter_map(|p| Some((p, view.cosine(p, question)?))).collect();
    let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if NEAREST < all.len() {
        all.select_nth_unstable_by(NEAREST, order);
        all.truncate(NEAREST);
    }
    all.sort_by(order);
    all
}

fn shown(mut times_ms: Vec<f64>) -> String {
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms[((times_ms.len() - 1) as f64 * share) as usize];
    format!("p50 {:.2} ms, p95 {:.2} ms", at(0.5), at(0.95))
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }

    /// About so long, in every direction alike.
    fn vector(&mut self, length: f32) -> Vec<f32> {
        let scale = length / (DIMENSIONS as f32 / 3.0).sqrt();
        (0..DIMENSIONS).map(|_| ((self.next() % 20_001) as f32 / 10_000.0 - 1.0) * scale).collect()
    }
}
