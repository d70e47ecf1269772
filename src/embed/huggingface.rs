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
