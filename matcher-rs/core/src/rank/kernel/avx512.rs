//! The kernel for AVX-512 with VBMI (Intel since Ice Lake, AMD since Zen 4): 64 rows at once.
#![allow(unsafe_code, reason = "without the intrinsics ranking is several times slower; see the benchmark `rank`")]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_prefetch, _mm512_adds_epu8, _mm512_and_si512,
    _mm512_broadcast_i32x4, _mm512_cmple_epu8_mask, _mm512_load_si512, _mm512_mask_blend_epi8,
    _mm512_mask_cmple_epu8_mask, _mm512_or_si512, _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_srl_epi16, _mm512_srli_epi16, _mm512_store_si512, _mm512_test_epi8_mask,
};

use super::{Rows, Sieve, Table};
use crate::pool::block::{Block, Bytes};

const LANES: usize = 64;

pub(super) fn sift(sieve: &Sieve<'_>, limit: u8, lost: &mut Bytes) -> Rows {
    assert!(super::Kernel::Avx512.is_available());
    // SAFETY: the processor has the features that `sift_lanes` is compiled for, as asserted.
    unsafe { sift_lanes(sieve, limit, lost) }
}

pub(super) fn within(lost: &Bytes, limit: u8) -> Rows {
    assert!(super::Kernel::Avx512.is_available());
    // SAFETY: the processor has the features that `compare_lanes` is compiled for, as asserted.
    unsafe { compare_lanes(lost, limit) }
}

pub(super) fn count_within(lost: &Bytes, limit: u8) -> usize {
    assert!(super::Kernel::Avx512.is_available());
    // SAFETY: the processor has the features that `count_lanes` is compiled for, as asserted.
    unsafe { count_lanes(lost, limit) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn sift_lanes(sieve: &Sieve<'_>, limit: u8, lost: &mut Bytes) -> Rows {
    let mut rows: Rows = [0; _];
    let limit = _mm512_set1_epi8(limit as i8);
    let places = table(sieve.place_losses);
    let languages = table(sieve.language_losses);
    let shift = _mm_cvtsi32_si128(sieve.shift as i32);
    let kept = _mm512_set1_epi8((255_u8 >> sieve.shift) as i8);
    let nibble = _mm512_set1_epi8(15);
    let all = _mm512_set1_epi8(-1);
    let start = _mm512_set1_epi8(sieve.lost as i8);
    let common = |run: usize| {
        let costs = _mm512_and_si512(_mm512_srl_epi16(load(sieve.costs, run), shift), kept);
        let place = _mm512_permutexvar_epi8(load(sieve.places, run), places);
        let language = _mm512_permutexvar_epi8(load(sieve.languages, run), languages);
        _mm512_adds_epu8(_mm512_adds_epu8(start, costs), _mm512_adds_epu8(place, language))
    };
    for (group, words) in rows.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        for column in [sieve.costs, sieve.places, sieve.languages] {
            fetch_next(column, 2 * group);
            fetch_next(column, 2 * group + 1);
        }
        let (mut even, mut odd) = (common(2 * group), common(2 * group + 1));
        let mut had = _mm512_setzero_si512();
        for wanted in sieve.wanted {
            let losses = small_table(&wanted.losses);
            let levels = load(wanted.levels, group);
            fetch_next(wanted.levels, group);
            let high = _mm512_and_si512(_mm512_srli_epi16::<4>(levels), nibble);
            even = _mm512_adds_epu8(even, _mm512_shuffle_epi8(losses, _mm512_and_si512(levels, nibble)));
            odd = _mm512_adds_epu8(odd, _mm512_shuffle_epi8(losses, high));
            had = _mm512_or_si512(had, levels);
        }
        let had_even = _mm512_test_epi8_mask(had, nibble);
        let had_odd = _mm512_test_epi8_mask(had, _mm512_set1_epi8(-16));
        store(lost, 2 * group, _mm512_mask_blend_epi8(had_even, all, even));
        store(lost, 2 * group + 1, _mm512_mask_blend_epi8(had_odd, all, odd));
        *words = [_mm512_mask_cmple_epu8_mask(had_even, even, limit), _mm512_mask_cmple_epu8_mask(had_odd, odd, limit)];
    }
    rows
}

#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn compare_lanes(lost: &Bytes, limit: u8) -> Rows {
    let limit = _mm512_set1_epi8(limit as i8);
    let mut rows = [0; _];
    for (run, word) in rows.iter_mut().enumerate() {
        *word = _mm512_cmple_epu8_mask(load(lost, run), limit);
    }
    rows
}

#[target_feature(enable = "avx512f,avx512bw,popcnt")]
fn count_lanes(lost: &Bytes, limit: u8) -> usize {
    compare_lanes(lost, limit).iter().map(|word| word.count_ones() as usize).sum()
}

/// The bytes of a run of 64.
#[target_feature(enable = "avx512f")]
#[inline]
fn load<const BYTES: usize>(column: &Block<BYTES>, run: usize) -> __m512i {
    let bytes = &column.0[run * LANES..][..LANES];
    // SAFETY: `bytes` is 64 bytes, and starts at a multiple of 64 because a block does.
    unsafe { _mm512_load_si512(bytes.as_ptr().cast()) }
}

/// Starts to bring the same run of the block that follows near, as the processor foresees no reading beyond
/// a page of memory.
#[inline]
fn fetch_next<const BYTES: usize>(column: &Block<BYTES>, run: usize) {
    let next = std::ptr::from_ref(column).wrapping_add(1).cast::<i8>().wrapping_add(run * LANES);
    // SAFETY: a hint, which may name any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(next) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(column: &mut Bytes, run: usize, lanes: __m512i) {
    let bytes = &mut column.0[run * LANES..][..LANES];
    // SAFETY: `bytes` is 64 bytes, and starts at a multiple of 64 because a block does.
    unsafe { _mm512_store_si512(bytes.as_mut_ptr().cast(), lanes) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn table(losses: &Table) -> __m512i {
    // SAFETY: the table is 64 bytes, and starts at a multiple of 64.
    unsafe { _mm512_load_si512(losses.0.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn small_table(losses: &[u8; 16]) -> __m512i {
    // SAFETY: an array of 16 bytes; the load may start anywhere.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(losses.as_ptr().cast()) })
}
