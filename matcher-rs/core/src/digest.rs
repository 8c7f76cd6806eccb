//! What a pool holds, as one number: two pools with the same mentors and weights have the same, whatever
//! order they came in, and Python makes the same of what the database says.
//!
//! Each mentor's facts, in one canonical run of bytes, are hashed by SHA-256, and the first eight bytes of
//! the hashes are added up as little-endian numbers, without the carry. A change so costs as much as what
//! changed. It finds what went missing or was mixed up; it is no defence against somebody who may write to
//! the pool, and chooses what: who may write is told by the secret.

use sha2::{Digest, Sha256};

use crate::candidate::Candidate;
use crate::countries::Country;
use crate::weights::Weights;

impl Candidate {
    /// The facts as bytes: fixed numbers (little-endian) first, then languages and skills by name.
    fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend(b"mentor/1");
        bytes.extend(self.id.as_bytes());
        bytes.extend(self.country.as_ref().map_or("\0\0", Country::as_str).as_bytes());
        bytes.extend(self.utc_offset.to_le_bytes());
        bytes.extend(self.availability.to_bytes());
        bytes.extend(self.capacity.to_le_bytes());
        bytes.extend(self.taken.to_le_bytes());
        bytes.extend(self.rating_sum.to_le_bytes());
        bytes.extend(self.rating_count.to_le_bytes());
        bytes.extend(self.experience_months.to_le_bytes());
        bytes.push(u8::from(self.consents) | u8::from(self.minors) << 1);
        let mut languages: Vec<&str> = self.languages.iter().map(AsRef::as_ref).collect();
        languages.sort_unstable();
        languages.dedup();
        bytes.push(languages.len() as u8);
        for name in languages {
            put(&mut bytes, name);
        }
        let mut skills: Vec<(&str, u8)> = self.skills.iter().map(|(name, level)| (name.as_ref(), *level)).collect();
        skills.sort_unstable();
        for (name, level) in skills {
            bytes.push(level);
            put(&mut bytes, name);
        }
        bytes
    }

    /// What this mentor adds to the number of a pool.
    pub fn digest(&self) -> u64 {
        short(&self.canonical())
    }
}

impl Weights {
    /// What these weights add to the number of a pool.
    pub fn digest(&self) -> u64 {
        let Self { skill, availability, language, location, rating, free, experience } = *self;
        let mut bytes = b"weights/1".to_vec();
        for weight in [skill, availability, language, location, rating, free, experience] {
            bytes.extend(weight.to_le_bytes());
        }
        short(&bytes)
    }
}

/// A name of at most 64 bytes.
fn put(bytes: &mut Vec<u8>, name: &str) {
    bytes.push(name.len() as u8);
    bytes.extend(name.as_bytes());
}

fn short(bytes: &[u8]) -> u64 {
    let hash: [u8; 32] = Sha256::digest(bytes).into();
    hash.iter().take(8).rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
