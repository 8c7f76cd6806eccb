//! Telling the processor what will be read soon.
#![allow(unsafe_code, reason = "a third of the time to score a row was waiting for its facts")]

#[cfg(target_arch = "x86_64")]
const LINE: usize = 64;

/// Starts to bring the cache lines of `value` near; changes nothing else.
#[inline]
pub(crate) fn fetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let first = std::ptr::from_ref(value).cast::<i8>();
        for line in (0..size_of::<T>()).step_by(LINE) {
            // SAFETY: a hint, which may name any address; every x86-64 has the instruction.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(line)) }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
