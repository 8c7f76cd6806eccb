//! What every pair is worth: score units, kept in halves, which leaves the lowest bit for preferring room
//! among equals. An impossible pair is worth nothing, and rows are padded to whole blocks.

use super::lanes::{Block, LANES};
use crate::WHOLE;

/// A value for each row and column.
pub(super) struct Matrix {
    /// Blocks per row.
    pub(super) width: usize,
    cells: Vec<Block>,
}

impl Matrix {
    #[inline]
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let width = columns.div_ceil(LANES);
        Self { width, cells: vec![Block([0; LANES]); rows * width] }
    }

    pub(super) fn row(&self, row: u32) -> &[Block] {
        &self.cells[row as usize * self.width..][..self.width]
    }

    pub(super) fn value(&self, row: u32, column: usize) -> u16 {
        self.row(row)[column / LANES].0[column % LANES] / 2
    }

    pub(super) fn set(&mut self, row: usize, column: usize, value: u32) {
        self.cells[row * self.width + column / LANES].0[column % LANES] = 2 * value.min(WHOLE) as u16;
    }

    pub(super) fn copy(&mut self, row: usize, values: &[u16]) {
        let blocks = &mut self.cells[row * self.width..][..self.width];
        for (block, values) in blocks.iter_mut().zip(values.chunks(LANES)) {
            for (cell, value) in block.0.iter_mut().zip(values) {
                *cell = 2 * (*value).min(WHOLE as u16);
            }
        }
    }
}
