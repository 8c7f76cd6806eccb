//! The kernel for AVX2 (Intel since Haswell, AMD since Excavator): 32 rows at once.
#![allow(unsafe_code, reason = "without the intrinsics ranking is several times slower; see the benchmark `rank`")]

use std::arch::x86_64::{
    __m256i, _mm_cvtsi32_si128, _mm_loadu_si128, _mm256_adds_epu8, _mm256_and_si256, _mm256_blendv_epi8,
    _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_load_si256, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srl_epi16,
    _mm256_srli_epi16, _mm256_store_si256,
};

use super::{Rows, Sieve, Table};
use crate::pool::block::{Block, Bytes, CHUNK};

const LANES: usize = 32;

pub(super) fn add_up(sieve: &Sieve<'_>, lost: &mut Bytes) {
    assert!(super::Kernel::Avx2.is_available());
    // SAFETY: the processor has AVX2, as asserted.
    unsafe { add_lanes(sieve, lost) }
}

pub(super) fn within(lost: &Bytes, limit: u8) -> Rows {
    assert!(super::Kernel::Avx2.is_available());
    // SAFETY: the processor has AVX2, as asserted.
    unsafe { compare_lanes(lost, limit) }
}

#[target_feature(enable = "avx2")]
fn add_lanes(sieve: &Sieve<'_>, lost: &mut Bytes) {
    let places = quarters(sieve.place_losses);
    let languages = quarters(sieve.language_losses);
    let shift = _mm_cvtsi32_si128(sieve.shift as i32);
    let kept = _mm256_set1_epi8((255_u8 >> sieve.shift) as i8);
    let nibble = _mm256_set1_epi8(15);
    let start = _mm256_set1_epi8(sieve.lost as i8);
    let common = |run: usize| {
        let costs = _mm256_and_si256(_mm256_srl_epi16(load(sieve.costs, run), shift), kept);
        let place = look_up(&places, load(sieve.places, run));
        let language = look_up(&languages, load(sieve.languages, run));
        _mm256_adds_epu8(_mm256_adds_epu8(start, costs), _mm256_adds_epu8(place, language))
    };
    // A run of levels holds the rows of two runs of bytes, which are half a group apart.
    for run in 0..CHUNK / LANES / 2 {
        let low = run / 2 * 4 + run % 2;
        let (mut even, mut odd) = (common(low), common(low + 2));
        let (mut had_even, mut had_odd) = (_mm256_setzero_si256(), _mm256_setzero_si256());
        for wanted in sieve.wanted {
            let losses = small_table(&wanted.losses);
            let both = load(wanted.levels, run);
            let levels = _mm256_and_si256(both, nibble);
            even = _mm256_adds_epu8(even, _mm256_shuffle_epi8(losses, levels));
            had_even = _mm256_or_si256(had_even, levels);
            let levels = _mm256_and_si256(_mm256_srli_epi16::<4>(both), nibble);
            odd = _mm256_adds_epu8(odd, _mm256_shuffle_epi8(losses, levels));
            had_odd = _mm256_or_si256(had_odd, levels);
        }
        store(lost, low, _mm256_or_si256(even, zero(had_even)));
        store(lost, low + 2, _mm256_or_si256(odd, zero(had_odd)));
    }
}

#[target_feature(enable = "avx2")]
fn compare_lanes(lost: &Bytes, limit: u8) -> Rows {
    let limit = _mm256_set1_epi8(limit as i8);
    let at_most = |run: usize| {
        let bytes = load(lost, run);
        _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, limit), bytes)).cast_unsigned()
    };
    let mut rows = [0; _];
    for (run, word) in rows.iter_mut().enumerate() {
        *word = u64::from(at_most(2 * run)) | u64::from(at_most(2 * run + 1)) << LANES;
    }
    rows
}

/// All bits of the bytes that are zero.
#[target_feature(enable = "avx2")]
#[inline]
fn zero(bytes: __m256i) -> __m256i {
    _mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())
}

/// Looks up codes below 64 in four tables of 16: bits 4 and 5 choose among the four answers.
#[target_feature(enable = "avx2")]
#[inline]
fn look_up(quarters: &[__m256i; 4], codes: __m256i) -> __m256i {
    let [first, second, third, fourth] = *quarters;
    let bit_4 = _mm256_slli_epi16::<3>(codes);
    let bit_5 = _mm256_slli_epi16::<2>(codes);
    let low = _mm256_blendv_epi8(_mm256_shuffle_epi8(first, codes), _mm256_shuffle_epi8(second, codes), bit_4);
    let high = _mm256_blendv_epi8(_mm256_shuffle_epi8(third, codes), _mm256_shuffle_epi8(fourth, codes), bit_4);
    _mm256_blendv_epi8(low, high, bit_5)
}

/// The bytes of a run of 32.
#[target_feature(enable = "avx2")]
#[inline]
fn load<const BYTES: usize>(column: &Block<BYTES>, run: usize) -> __m256i {
    let bytes = &column.0[run * LANES..][..LANES];
    // SAFETY: `bytes` is 32 bytes, and starts at a multiple of 32 because a block starts at one of 64.
    unsafe { _mm256_load_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(column: &mut Bytes, run: usize, lanes: __m256i) {
    let bytes = &mut column.0[run * LANES..][..LANES];
    // SAFETY: `bytes` is 32 bytes, and starts at a multiple of 32 because a block starts at one of 64.
    unsafe { _mm256_store_si256(bytes.as_mut_ptr().cast(), lanes) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn quarters(table: &Table) -> [__m256i; 4] {
    let (quarters, _) = table.0.as_chunks();
    [small_table(&quarters[0]), small_table(&quarters[1]), small_table(&quarters[2]), small_table(&quarters[3])]
}

#[target_feature(enable = "avx2")]
#[inline]
fn small_table(losses: &[u8; 16]) -> __m256i {
    // SAFETY: an array of 16 bytes; the load may start anywhere.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(losses.as_ptr().cast()) })
}
