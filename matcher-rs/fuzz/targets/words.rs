//! Any text where a week, a country, a mentor or a learner is expected.

#![no_main]

use libfuzzer_sys::fuzz_target;
use matcher_core::{Candidate, Country, Mask, Need};
use matcher_server::wire::{CandidateIn, NeedIn};

fuzz_target!(|text: &str| {
    if let Ok(mask) = Mask::from_hex(text) {
        assert_eq!(mask.to_hex(), text.to_ascii_lowercase());
        let free: u32 = text.chars().filter_map(|digit| digit.to_digit(16)).map(u32::count_ones).sum();
        assert_eq!(mask.overlap(&mask), free);
    }
    assert_eq!(Country::parse(text).is_ok(), text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()));
    if let Ok(said) = serde_json::from_str::<CandidateIn>(text)
        && let Ok(candidate) = Candidate::try_from(said)
    {
        assert_eq!(candidate.check(), Ok(()));
        assert!(candidate.rating_share() <= 10_000 && candidate.free_share() <= 10_000);
    }
    if let Ok(said) = serde_json::from_str::<NeedIn>(text)
        && let Ok(need) = Need::try_from(said)
    {
        assert_eq!(need.check(), Ok(()));
    }
});
