/*!
An embedder without a model: signed feature hashing of lower-cased words.

Deterministic and quick; its vectors know spelling, not meaning. For tests and for
machines without models, where retrieval says that it is degraded.
*/

use super::Embedder;

/// Feature hashing into a fixed number of dimensions.
#[derive(Debug, Clone)]
pub struct HashedEmbedder {
    dimensions: usize,
}

impl HashedEmbedder {
    /// `dimensions` must be positive.
    pub fn new(dimensions: usize) -> Self {
        assert!(dimensions > 0, "a vector needs at least one dimension");
        Self { dimensions }
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0f32; self.dimensions];
        for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            let hash = fnv1a(word.as_bytes());
            let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
            vector[(hash % self.dimensions as u64) as usize] += sign;
        }
        let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if 0.0 < norm {
            vector.iter_mut().for_each(|x| *x /= norm);
        } else {
            vector[0] = 1.0;
        }
        vector
    }
}

impl Embedder for HashedEmbedder {
    fn id(&self) -> &str {
        "hashed"
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed_passages(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| self.embed(text)).collect())
    }

    fn embed_query(&self, text: &str) -> anyhow::Result<Vec<f32>> {
        Ok(self.embed(text))
    }
}

/// FNV-1a, 64 bits: stable across platforms and releases, unlike the standard hasher.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_have_unit_length_and_same_text_same_vector() {
        let embedder = HashedEmbedder::new(64);
        for text in ["", "nghỉ việc", "Báo trước 30 ngày"] {
            let vector = embedder.embed_query(text).unwrap();
            let norm: f32 = vector.iter().map(|x| x * x).sum();
            assert!((norm - 1.0).abs() < 1e-5, "{text:?}: {norm}");
            assert_eq!(vector, embedder.embed_passages(&[text]).unwrap()[0]);
        }
    }
}
