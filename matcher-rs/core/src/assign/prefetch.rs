//! Asking for memory before it is needed.
//!
//! A learner's list is read when their turn to bid comes, in no order a processor could foresee. With
//! this the auction of 100 000 learners with lists of 32 took 0.26 s instead of 0.35 s (the least of
//! 15 interleaved runs each, two virtual EPYC cores with other work on both).

#![allow(unsafe_code, reason = "the measured gain above")]

/// Bytes in one cache line.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Asks for the first two cache lines of `row`.
#[cfg(target_arch = "x86_64")]
pub(super) fn prefetch<T>(row: &[T]) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    let first = row.as_ptr().cast::<i8>();
    // SAFETY: a prefetch is a hint that never faults, whatever the address.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(first);
        _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(LINE));
    }
}

/// Does nothing where it is not known how.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn prefetch<T>(_row: &[T]) {}
