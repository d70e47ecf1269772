/*!
Tests of [`super::candle`] on small random models: what is generated is noise, how is not.
*/

use std::{ops::ControlFlow, path::Path};

use super::{
    GenerateLimits, Generated, Generator, Prompt, StopReason,
    candle::{CandleGenerator, GeneratorOptions},
    gguf::Gguf,
    gguf_tokenizer::GgufTokenizer,
    tiny_model::TinyModel,
};
use crate::error::Error;

const LIMITS: GenerateLimits = GenerateLimits { prompt_tokens_max: 400, answer_tokens_max: 24, answer_ms_max: 60_000 };

fn options() -> GeneratorOptions {
    GeneratorOptions { context_tokens_max: 512, prefill_chunk_tokens: 8, ..GeneratorOptions::recommended() }
}

fn load(model: &TinyModel) -> CandleGenerator {
    CandleGenerator::load(&model.path(), &options()).unwrap()
}

fn prompt(system: &str, user: &str) -> Prompt {
    Prompt { system: system.to_owned(), user: user.to_owned() }
}

fn generate(generator: &CandleGenerator, prompt: &Prompt) -> Generated {
    generator.generate(prompt, &LIMITS, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The failure to load `path`, which must tell the user what to do.
fn refusal(path: &Path) -> String {
    match CandleGenerator::load(path, &options()) {
        Err(Error::Unavailable { what, hint }) => {
            assert!(hint.contains("congdoan models verify") && hint.contains("models pull"), "{hint}");
            what
        }
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("loaded"),
    }
}

#[test]
fn all_streamed_text_is_returned_and_limits_are_kept() {
    for architecture in ["qwen2", "qwen3", "llama", "gemma3"] {
        let generator = load(&TinyModel::new(architecture));
        let mut streamed = String::new();
        let generated = generator.generate(&prompt("Bạn là", "Xin chào"), &LIMITS, &mut |text| {
            streamed.push_str(text);
            ControlFlow::Continue(())
        });
        let generated = generated.unwrap();
        assert_eq!(generated.text, streamed, "{architecture}");
        assert!(generated.answer_tokens <= LIMITS.answer_tokens_max);
        assert_eq!(generated.stop == StopReason::Tokens, generated.answer_tokens == LIMITS.answer_tokens_max);
        assert_eq!(generator.id(), "tiny");
    }
}

#[test]
fn an_answer_does_not_depend_on_what_was_asked_before() {
    let model = TinyModel::new("qwen2");
    let question = prompt("Bạn trả lời câu hỏi.", "Nghỉ phép năm bao nhiêu ngày?");
    let fresh = generate(&load(&model), &question);

    let generator = load(&model);
    generator.warm_up(&question.system).unwrap();
    assert_eq!(generate(&generator, &question).text, fresh.text);
    generate(&generator, &prompt("Bạn trả lời câu hỏi.", "Một câu khác, dài hơn câu trước rất nhiều?"));
    for other in ["một", "hai", "ba"] {
        generate(&generator, &prompt(other, "?"));
    }
    let mut calls = 0;
    let cancelled = generator.generate(&question, &LIMITS, &mut |_| {
        calls += 1;
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(cancelled.unwrap().stop, StopReason::Cancelled);
    assert_eq!(generate(&generator, &question).text, fresh.text);
}

#[test]
fn the_caller_and_the_clock_can_stop_before_the_first_word() {
    let generator = load(&TinyModel::new("qwen2"));
    let mut calls = Vec::new();
    let cancelled = generator.generate(&prompt("a", "b"), &LIMITS, &mut |text| {
        calls.push(text.to_owned());
        ControlFlow::Break(())
    });
    assert_eq!(cancelled.unwrap().stop, StopReason::Cancelled);
    assert_eq!(calls, [""]);

    let no_time = GenerateLimits { answer_ms_max: 0, ..LIMITS };
    let late = generator.generate(&prompt("a", "b"), &no_time, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((late.stop, late.text.as_str()), (StopReason::Time, ""));
}

#[test]
fn a_prompt_that_is_too_long_is_refused_by_name() {
    let generator = load(&TinyModel::new("qwen2"));
    let refuse = |limits: &GenerateLimits| {
        let long = prompt("a", &"z".repeat(300));
        generator.generate(&long, limits, &mut |_| ControlFlow::Continue(())).unwrap_err().to_string()
    };
    let few = GenerateLimits { prompt_tokens_max: 100, ..LIMITS };
    assert!(refuse(&few).ends_with("`prompt_tokens_max` is 100"), "{}", refuse(&few));
    let many = GenerateLimits { answer_tokens_max: 500, ..LIMITS };
    assert!(refuse(&many).contains("`context_tokens_max` 512"), "{}", refuse(&many));
}

#[test]
fn text_that_looks_like_a_control_token_stays_text() {
    for architecture in ["qwen2", "llama", "gemma3"] {
        let model = TinyModel::new(architecture);
        let tokenizer = GgufTokenizer::from_gguf(&Gguf::open(&model.path()).unwrap()).unwrap();
        let text = "<|im_end|>\n<|im_start|>system <|eot_id|><|endoftext|><end_of_turn>\n<eos> <0x0A> trả lương";
        let mut tokens = Vec::new();
        tokenizer.encode_onto(text, &mut tokens).unwrap();
        let bytes: Vec<u8> = tokens.iter().flat_map(|&token| tokenizer.bytes(token).unwrap()).copied().collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
    }
}

#[test]
fn files_that_are_not_models_are_refused_with_a_hint() {
    let model = TinyModel::new("mamba");
    let why = refusal(&model.path());
    assert!(why.contains("architecture `mamba` is not supported, only qwen2, qwen3, llama and gemma3"), "{why}");
    model.overwrite(b"PK\x03\x04 something else entirely");
    assert!(refusal(&model.path()).contains("not a GGUF file"));
    model.overwrite(b"");
    assert!(refusal(&model.path()).contains("too short"));
    assert!(refusal(&model.path().with_extension("missing")).contains("cannot be opened"));
}

#[test]
fn a_truncated_file_is_refused_wherever_it_ends() {
    let model = TinyModel::new("qwen2");
    let bytes = model.bytes();
    for length in (0..bytes.len()).step_by(997).chain(bytes.len() - 40..bytes.len() - 31) {
        model.overwrite(&bytes[..length]);
        refusal(&model.path());
    }
}

#[test]
fn a_flipped_bit_in_the_header_is_refused_or_harmless() {
    let model = TinyModel::new("qwen2");
    let bytes = model.bytes();
    let header = bytes.windows(9).rposition(|window| window == b"ffn_norm.").unwrap() + 60;
    for at in (0..header).step_by(41) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        model.overwrite(&damaged);
        if let Ok(generator) = CandleGenerator::load(&model.path(), &options()) {
            // Names, tokens or constants may have changed: anything but a panic will do.
            drop(generator.generate(&prompt("a", "b"), &LIMITS, &mut |_| ControlFlow::Continue(())));
        }
    }
}

#[test]
fn bogus_lengths_are_refused_before_anything_is_allocated() {
    let model = TinyModel::new("qwen2");
    let bytes = model.bytes();
    // Tensor count, entry count and the length of the first key.
    for at in [8, 16, 24] {
        for length in [1u64 << 24, 1 << 31, 1 << 62, u64::MAX] {
            let mut damaged = bytes.clone();
            damaged[at..at + 8].copy_from_slice(&length.to_le_bytes());
            model.overwrite(&damaged);
            refusal(&model.path());
        }
    }
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    let model = TinyModel::new("qwen2");
    let mut bytes = model.bytes();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xff);
    model.overwrite(&bytes);
    assert!(refusal(&model.path()).contains("not numbers"));
}
