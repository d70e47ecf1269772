/*! Tests of [`super::transformer`] on small random models, against candle's own models. */

use std::{collections::HashMap, fs::File};

use candle_core::{DType, Device, Tensor, quantized::gguf_file::Content};
use candle_nn::{Activation, VarBuilder};
use candle_transformers::models::{gemma3, quantized_llama, quantized_qwen2, quantized_qwen3};

use super::{
    gguf::Gguf,
    tiny_model::{self, TinyModel},
    transformer::Transformer,
};

const TOKENS: [u32; 9] = [5, 250, 17, 17, 99, 0, 257, 42, 7];

/// Root of the mean square of the differences, as a share of that of the numbers.
fn distance(left: &[f32], right: &[f32]) -> f32 {
    assert_eq!(left.len(), right.len());
    let differences: f32 = left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum();
    (differences / right.iter().map(|number| number.powi(2)).sum::<f32>()).sqrt()
}

fn logits(model: &TinyModel, chunks: &[&[u32]], requantize: bool) -> Vec<f32> {
    let transformer = Transformer::load(&Gguf::open(&model.path()).unwrap(), 64, requantize).unwrap();
    let mut cache = transformer.empty_cache().unwrap();
    let states = chunks.iter().map(|chunk| transformer.forward(chunk, &mut cache).unwrap()).last().unwrap();
    transformer.logits(&states, states.dim(0).unwrap() - 1).unwrap()
}

/// candle's Gemma 3 in full precision: its quantised one takes another activation than the
/// model was trained with, and masks all earlier positions when a prompt comes in chunks.
fn gemma_oracle(content: Content, file: &mut File, input: &Tensor) -> Tensor {
    let mut tensors = HashMap::new();
    for name in content.tensor_infos.keys() {
        let tensor = content.tensor(file, name, &Device::Cpu).unwrap().dequantize(&Device::Cpu).unwrap();
        // GGUF files of Gemma hold the norms with the one added that the model adds itself.
        let tensor = if name.contains("norm") { (tensor - 1.0).unwrap() } else { tensor };
        let mut name = name.replace("blk.", "model.layers.").replace("token_embd.", "model.embed_tokens.");
        for (ours, theirs) in [
            ("output_norm.", "model.norm."),
            ("attn_q_norm.", "self_attn.q_norm."),
            ("attn_k_norm.", "self_attn.k_norm."),
            ("attn_q.", "self_attn.q_proj."),
            ("attn_k.", "self_attn.k_proj."),
            ("attn_v.", "self_attn.v_proj."),
            ("attn_output.", "self_attn.o_proj."),
            ("post_attention_norm.", "post_attention_layernorm."),
            ("post_ffw_norm.", "post_feedforward_layernorm."),
            ("attn_norm.", "input_layernorm."),
            ("ffn_norm.", "pre_feedforward_layernorm."),
            ("ffn_gate.", "mlp.gate_proj."),
            ("ffn_up.", "mlp.up_proj."),
            ("ffn_down.", "mlp.down_proj."),
        ] {
            name = name.replace(ours, theirs);
        }
        tensors.insert(name, tensor);
    }
    let config = gemma3::Config {
        attention_bias: false,
        head_dim: 16,
        hidden_activation: Activation::GeluPytorchTanh,
        hidden_size: 64,
        intermediate_size: 96,
        num_attention_heads: 4,
        num_hidden_layers: 6,
        num_key_value_heads: 2,
        rms_norm_eps: 1e-5,
        rope_theta: f64::from(tiny_model::GEMMA_ROPE_BASE),
        rope_local_base_freq: 10_000.0,
        vocab_size: tensors["model.embed_tokens.weight"].dim(0).unwrap(),
        final_logit_softcapping: None,
        attn_logit_softcapping: None,
        query_pre_attn_scalar: 16,
        sliding_window: tiny_model::GEMMA_WINDOW,
        sliding_window_pattern: 6,
        max_position_embeddings: 64,
    };
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let mut model = gemma3::Model::new(false, &config, weights).unwrap();
    // One position at a time: its mask of a whole prompt lets a window be one position wider.
    let steps = (0..TOKENS.len()).map(|at| model.forward(&input.narrow(1, at, 1).unwrap(), at).unwrap());
    steps.last().unwrap()
}

fn check_against(architecture: &str, distance_max: f32, oracle: impl Fn(Content, &mut File, &Tensor) -> Tensor) {
    let model = TinyModel::new(architecture);
    let mut file = File::open(model.path()).unwrap();
    let content = Content::read(&mut file).unwrap();
    let input = Tensor::new(&TOKENS, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    let expected: Vec<f32> = oracle(content, &mut file, &input).flatten_all().unwrap().to_vec1().unwrap();
    for requantize in [false, true] {
        let ours = logits(&model, &[&TOKENS], requantize);
        let distance = distance(&ours, &expected);
        assert!(distance < distance_max, "{architecture} {requantize}: {distance}");
    }
}

#[test]
fn agrees_with_the_reference_implementations() {
    check_against("qwen2", 0.05, |content, file, input| {
        quantized_qwen2::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
    });
    check_against("qwen3", 0.05, |content, file, input| {
        quantized_qwen3::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
    });
    // Against full precision, over three times the layers.
    check_against("gemma3", 0.08, gemma_oracle);
    check_against("llama", 0.05, |content, file, input| {
        quantized_llama::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
    });
}

#[test]
fn chunks_give_the_same_logits_where_layers_look_back_at_a_window() {
    let model = TinyModel::new("gemma3");
    let whole = logits(&model, &[&TOKENS], true);
    for chunks in [vec![&TOKENS[..4], &TOKENS[4..8], &TOKENS[8..]], TOKENS.chunks(1).collect()] {
        let chunked = logits(&model, &chunks, true);
        assert!(distance(&whole, &chunked) < 1e-2, "{}", distance(&whole, &chunked));
    }
}

#[test]
fn chunks_and_a_cache_cut_back_give_the_same_logits() {
    let model = TinyModel::new("qwen2");
    let whole = logits(&model, &[&TOKENS], true);
    let chunked = logits(&model, &[&TOKENS[..4], &TOKENS[4..8], &TOKENS[8..]], true);
    assert!(distance(&whole, &chunked) < 1e-3, "{}", distance(&whole, &chunked));

    let transformer = Transformer::load(&Gguf::open(&model.path()).unwrap(), 600, true).unwrap();
    let mut cache = transformer.empty_cache().unwrap();
    transformer.forward(&TOKENS[..4], &mut cache).unwrap();
    transformer.forward(&[1; 300], &mut cache).unwrap();
    cache.truncate(4);
    let states = transformer.forward(&TOKENS[4..], &mut cache).unwrap();
    let again = transformer.logits(&states, 4).unwrap();
    assert!(distance(&whole, &again) < 1e-3, "{}", distance(&whole, &again));
    assert!(transformer.forward(&[1; 600], &mut cache).is_err());
}
