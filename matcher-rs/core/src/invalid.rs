//! What a caller got wrong, in words for the caller.

use std::fmt;

/// The input breaks a rule; the text says which and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub String);

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}

/// `Err` with the words of `says` unless `holds`.
pub(crate) fn require(holds: bool, says: impl FnOnce() -> String) -> Result<(), Invalid> {
    if holds { Ok(()) } else { Err(Invalid(says())) }
}
