//! Sparse files: which pieces of the file the archive holds.

use super::header::number;
use super::pax::decimal;
use crate::limits::MAX_SPARSE_PIECES;

/// One piece of a sparse file that the archive holds; between pieces are zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

/// Adds the pieces of an old GNU header or of one of its continuation blocks: pairs of 12-byte numbers.
pub(super) fn old_gnu_pieces(field: &[u8], map: &mut Vec<Piece>) -> Result<(), ()> {
    for pair in field.as_chunks::<24>().0 {
        if pair[0] == 0 {
            return Ok(());
        }
        let offset = u64::try_from(number(&pair[..12])?).map_err(|_| ())?;
        let len = u64::try_from(number(&pair[12..])?).map_err(|_| ())?;
        if map.len() >= MAX_SPARSE_PIECES {
            return Err(());
        }
        map.push(Piece { offset, len });
    }
    Ok(())
}

/// Whether the pieces are in order, do not overlap, end within `real_size` and hold just the `stored` bytes.
pub(super) fn is_consistent(map: &[Piece], stored: u64, real_size: u64) -> bool {
    let (mut end, mut held) = (0u64, 0u64);
    for piece in map {
        let Some(piece_end) = piece.offset.checked_add(piece.len) else { return false };
        if piece.offset < end || piece_end > real_size {
            return false;
        }
        end = piece_end;
        held = held.saturating_add(piece.len);
    }
    held == stored
}

/// Reads the decimal lines that PAX sparse format 1.0 puts before the data: a count, then offset and length of each.
#[derive(Default)]
pub(super) struct LineMap {
    expected: Option<u64>,
    offset: Option<u64>,
    line: Vec<u8>,
    pub(super) map: Vec<Piece>,
}

impl LineMap {
    /// Takes the next block; true when the map is complete.
    pub(super) fn push(&mut self, block: &[u8]) -> Result<bool, ()> {
        for &byte in block {
            if byte != b'\n' {
                if self.line.len() >= 20 {
                    return Err(());
                }
                self.line.push(byte);
                continue;
            }
            let value = decimal(&self.line)?;
            self.line.clear();
            match (self.expected, self.offset.take()) {
                (None, _) if value > MAX_SPARSE_PIECES as u64 => return Err(()),
                (None, _) => self.expected = Some(value),
                (Some(_), None) => self.offset = Some(value),
                (Some(_), Some(offset)) => self.map.push(Piece { offset, len: value }),
            }
            if self.expected == Some(self.map.len() as u64) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
