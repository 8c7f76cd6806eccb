//! The kernel for AVX-512 with VBMI (Intel since Ice Lake, AMD since Zen 4): 64 rows at once.
#![allow(unsafe_code, reason = "without the intrinsics ranking is several times slower; see the benchmark `rank`")]

use std::arch::x86_64::{
    __m512i, _mm_cvtsi32_si128, _mm_loadu_si128, _mm512_adds_epu8, _mm512_and_si512, _mm512_broadcast_i32x4,
    _mm512_cmple_epu8_mask, _mm512_load_si512, _mm512_or_si512, _mm512_permutexvar_epi8, _mm512_set1_epi8,
    _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_srl_epi16, _mm512_srli_epi16, _mm512_test_epi8_mask,
};

use super::{Rows, Sieve};
use crate::pool::block::Block;

const LANES: usize = 64;

pub(super) fn sift(sieve: &Sieve<'_>) -> Rows {
    assert!(super::Kernel::Avx512.is_available());
    // SAFETY: the processor has the features that `sift_lanes` is compiled for, as asserted.
    unsafe { sift_lanes(sieve) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn sift_lanes(sieve: &Sieve<'_>) -> Rows {
    let mut passed = [0; _];
    let places = table(&sieve.place_losses.0);
    let languages = table(&sieve.language_losses.0);
    let shift = _mm_cvtsi32_si128(sieve.shift as i32);
    let kept = _mm512_set1_epi8((255_u8 >> sieve.shift) as i8);
    let nibble = _mm512_set1_epi8(15);
    let lost = _mm512_set1_epi8(sieve.lost as i8);
    let limit = _mm512_set1_epi8(sieve.limit as i8);
    let common = |run: usize| {
        let costs = _mm512_and_si512(_mm512_srl_epi16(load(sieve.costs, run), shift), kept);
        let place = _mm512_permutexvar_epi8(load(sieve.places, run), places);
        let language = _mm512_permutexvar_epi8(load(sieve.languages, run), languages);
        _mm512_adds_epu8(_mm512_adds_epu8(lost, costs), _mm512_adds_epu8(place, language))
    };
    for (group, words) in passed.chunks_exact_mut(2).enumerate() {
        let (mut even, mut odd) = (common(2 * group), common(2 * group + 1));
        for wanted in sieve.wanted {
            let losses = small_table(&wanted.losses);
            let levels = load(wanted.levels, group);
            let high = _mm512_and_si512(_mm512_srli_epi16::<4>(levels), nibble);
            even = _mm512_adds_epu8(even, _mm512_shuffle_epi8(losses, _mm512_and_si512(levels, nibble)));
            odd = _mm512_adds_epu8(odd, _mm512_shuffle_epi8(losses, high));
        }
        words[0] = _mm512_cmple_epu8_mask(even, limit);
        words[1] = _mm512_cmple_epu8_mask(odd, limit);
        if words[0] | words[1] != 0 {
            let any = |had, wanted: &super::Wanted<'_>| _mm512_or_si512(had, load(wanted.levels, group));
            let had = sieve.wanted.iter().fold(_mm512_setzero_si512(), any);
            words[0] &= _mm512_test_epi8_mask(had, nibble);
            words[1] &= _mm512_test_epi8_mask(_mm512_srli_epi16::<4>(had), nibble);
        }
    }
    passed
}

/// The bytes of a run of 64.
#[target_feature(enable = "avx512f")]
#[inline]
fn load<const BYTES: usize>(column: &Block<BYTES>, run: usize) -> __m512i {
    let bytes = &column.0[run * LANES..][..LANES];
    // SAFETY: `bytes` is 64 bytes, and starts at a multiple of 64 because a block does.
    unsafe { _mm512_load_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn table(losses: &[u8; LANES]) -> __m512i {
    // SAFETY: an array of 64 bytes, in a type that starts at a multiple of 64.
    unsafe { std::arch::x86_64::_mm512_loadu_si512(losses.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn small_table(losses: &[u8; 16]) -> __m512i {
    // SAFETY: an array of 16 bytes; the load may start anywhere.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(losses.as_ptr().cast()) })
}
