//! Protocol buffers, looked through before anything is made of them.
//!
//! An empty message takes two bytes on the wire and hundreds in memory, so the size of a body does
//! not bound what decoding it takes. What a message may hold, and how often, is counted first, in
//! place; see "Encoding" in the documentation of Protocol Buffers for the format.

use std::marker::PhantomData;

use bytes::Buf;
use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic_prost::{ProstCodec, ProstEncoder};

use super::proto;
use crate::bounded::{BLOCKED, COHORT, LANGUAGES, MENTORS, SKILLS, WANTED};
use crate::call::{LARGE, aside};
use crate::problem::Problem;

/// A person has a UUID and 168 digits of availability, so no message about one is shorter.
const PERSON: usize = 36 + 168;

/// Like [`ProstCodec`], but refuses what [`Shaped`] does not allow.
#[derive(Debug)]
pub(crate) struct Guarded<T, U>(PhantomData<(T, U)>);

/// See [`Guarded`].
#[derive(Debug)]
pub(crate) struct GuardedDecoder<U>(PhantomData<U>);

/// What a message may hold more than once.
#[derive(Debug)]
pub(crate) struct Shape(&'static [Field]);

#[derive(Debug)]
struct Field {
    number: u64,
    /// What it holds, in words.
    what: &'static str,
    most: usize,
    /// Bytes that the shortest one takes.
    least: usize,
    shape: Shape,
}

/// A message with a shape.
pub(crate) trait Shaped {
    const SHAPE: Shape = Shape(&[]);
}

const fn field(number: u64, most: usize, what: &'static str) -> Field {
    Field { number, what, most, least: 0, shape: Shape(&[]) }
}

const fn people(number: u64, most: usize, what: &'static str, shape: Shape) -> Field {
    Field { number, what, most, least: PERSON, shape }
}

const CANDIDATE: Shape =
    Shape(&[field(2, SKILLS, "skills of one mentor"), field(3, LANGUAGES, "languages of one mentor")]);
const NEED: Shape = Shape(&[
    field(2, WANTED, "wanted skills"),
    field(3, LANGUAGES, "languages of one learner"),
    field(8, BLOCKED, "blocked mentors"),
]);

impl Shaped for proto::GetPoolRequest {}

impl Shaped for proto::PutPoolRequest {
    const SHAPE: Shape = Shape(&[people(3, MENTORS, "mentors", CANDIDATE)]);
}

impl Shaped for proto::PatchPoolRequest {
    const SHAPE: Shape = Shape(&[
        people(4, MENTORS, "mentors", CANDIDATE),
        Field { number: 5, what: "removals", most: MENTORS, least: 36, shape: Shape(&[]) },
    ]);
}

impl Shaped for proto::RankRequest {
    const SHAPE: Shape = Shape(&[people(2, 1, "need", NEED), people(5, MENTORS, "mentors", CANDIDATE)]);
}

impl Shaped for proto::AssignRequest {
    const SHAPE: Shape = Shape(&[people(2, COHORT, "learners", NEED), people(6, MENTORS, "mentors", CANDIDATE)]);
}

// What we answer ourselves is as large as it is.
impl Shaped for proto::PoolState {}
impl Shaped for proto::RankResponse {}
impl Shaped for proto::AssignResponse {}

impl<T, U> Default for Guarded<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + 'static, U: Message + Default + Shaped + 'static> Codec for Guarded<T, U> {
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = GuardedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        GuardedDecoder(PhantomData)
    }
}

impl<U: Message + Default + Shaped> Decoder for GuardedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        aside(source.remaining() >= LARGE, || decode(source))
    }
}

fn decode<U: Message + Default + Shaped>(source: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
    let bytes = source.copy_to_bytes(source.remaining());
    check(&bytes, &U::SHAPE)?;
    Ok(Some(U::decode(bytes).map_err(|error| Problem::Unreadable(error.to_string()))?))
}

/// Counts what `bytes` hold.
fn check(mut bytes: &[u8], shape: &Shape) -> Result<(), Problem> {
    let mut counts = vec![0; shape.0.len()];
    while !bytes.is_empty() {
        let (number, value) = next(&mut bytes).ok_or_else(|| Problem::Unreadable("a broken message".to_owned()))?;
        let Some(at) = shape.0.iter().position(|field| field.number == number) else { continue };
        let Field { what, most, least, shape, .. } = &shape.0[at];
        counts[at] += 1;
        if counts[at] > *most {
            return Err(Problem::Invalid(format!("at most {most} {what}")));
        }
        if value.len() < *least {
            return Err(Problem::Invalid(format!("something is missing from one of the {what}")));
        }
        check_inner(value, shape)?;
    }
    Ok(())
}

fn check_inner(value: &[u8], shape: &Shape) -> Result<(), Problem> {
    if shape.0.is_empty() { Ok(()) } else { check(value, shape) }
}

/// The next field: its number, and its bytes where it has a length. Groups are not read.
fn next<'b>(bytes: &mut &'b [u8]) -> Option<(u64, &'b [u8])> {
    let key = varint(bytes)?;
    let value = match key & 7 {
        0 => varint(bytes).map(|_| &[][..])?,
        1 => bytes.split_off(..8).map(|_| &[][..])?,
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            bytes.split_off(..length)?
        }
        5 => bytes.split_off(..4).map(|_| &[][..])?,
        _ => return None,
    };
    Some((key >> 3, value))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentor(skills: usize, languages: usize) -> proto::Candidate {
        proto::Candidate {
            id: "0".repeat(36),
            availability: "f".repeat(168),
            skills: vec![proto::Skill::default(); skills],
            languages: vec![String::new(); languages],
            ..proto::Candidate::default()
        }
    }

    fn told(candidates: Vec<proto::Candidate>) -> Result<(), String> {
        let message = proto::PutPoolRequest { candidates, version: 1 << 40, ..proto::PutPoolRequest::default() };
        check(&message.encode_to_vec(), &proto::PutPoolRequest::SHAPE).map_err(|problem| format!("{problem:?}"))
    }

    #[test]
    fn what_fits_is_let_through() {
        assert_eq!(told(vec![mentor(SKILLS, LANGUAGES), mentor(0, 0)]), Ok(()));
    }

    #[test]
    fn more_than_allowed_is_refused_before_it_is_made() {
        let wrong = |candidate| told(vec![candidate]).err().unwrap_or_default();
        assert!(wrong(mentor(SKILLS + 1, 0)).contains("at most 256 skills"));
        assert!(wrong(mentor(0, LANGUAGES + 1)).contains("at most 64 languages"));
        assert!(wrong(proto::Candidate::default()).contains("something is missing"));
        let need = proto::Need { learner_id: "0".repeat(36), availability: "f".repeat(168), ..Default::default() };
        let once = proto::RankRequest { need: Some(need), ..Default::default() }.encode_to_vec();
        assert!(check(&once, &proto::RankRequest::SHAPE).is_ok());
        assert!(check(&once.repeat(2), &proto::RankRequest::SHAPE).is_err(), "merged needs would add up");
    }

    #[test]
    fn a_broken_message_is_no_message() {
        for bytes in [&[0x0a][..], &[0x0a, 5, 1], &[0x80], &[0xff; 11], &[0x0b], &[0x09, 1], &[0x0d, 1]] {
            assert!(matches!(check(bytes, &NEED), Err(Problem::Unreadable(_))), "{bytes:?}");
        }
    }
}
