//! Columns are cut into chunks of 4096 rows, so that what a query adds up stays in the first cache.

/// Rows in a chunk.
pub(crate) const CHUNK: usize = 4096;
/// Rows whose levels stand in one run of bytes: the low halves hold the first 64, the high halves the others.
const GROUP: usize = 128;
const HALF: usize = GROUP / 2;

/// Bytes that start where a cache line starts, so that no load of a kernel spans two.
#[derive(Debug, Clone)]
#[repr(C, align(64))]
pub(crate) struct Block<const BYTES: usize>(pub(crate) [u8; BYTES]);

impl<const BYTES: usize> Block<BYTES> {
    pub(crate) const fn filled(byte: u8) -> Self {
        Self([byte; BYTES])
    }
}

/// One byte per row of a chunk.
pub(crate) type Bytes = Block<CHUNK>;
/// Four bits per row of a chunk: the level in one skill, 0 for none.
pub(crate) type Levels = Block<{ CHUNK / 2 }>;

impl Levels {
    /// The level of a row, counted from the start of the chunk.
    #[inline]
    pub(crate) fn level(&self, row: usize) -> u8 {
        let (byte, shift) = place(row);
        self.0[byte] >> shift & 15
    }

    /// Writes the level of a row.
    #[inline]
    pub(crate) fn set(&mut self, row: usize, level: u8) {
        let (byte, shift) = place(row);
        self.0[byte] = self.0[byte] & !(15 << shift) | level << shift;
    }
}

/// The byte that holds a row's level, and how far up it stands.
#[inline]
fn place(row: usize) -> (usize, usize) {
    let row = row % CHUNK;
    (row / GROUP * HALF + row % HALF, row / HALF % 2 * 4)
}
