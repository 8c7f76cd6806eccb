//! Arrays in files that numpy reads with `fromfile`: little-endian numbers, the type in the name.

use std::fs::{File, read};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A number that an array may hold.
pub(crate) trait Number: Copy {
    /// As numpy abbreviates it.
    const TYPE: &'static str;
    fn write(self, out: &mut impl Write) -> io::Result<()>;
}

macro_rules! number {
    ($($type:ident $name:literal),*) => {$(
        impl Number for $type {
            const TYPE: &'static str = $name;
            fn write(self, out: &mut impl Write) -> io::Result<()> {
                out.write_all(&self.to_le_bytes())
            }
        }
    )*};
}
number!(u8 "u1", u16 "u2", u32 "u4", u64 "u8", i32 "i4");

/// Writes `<name>.<type>` into `folder`.
pub(crate) fn save<N: Number>(folder: &Path, name: &str, numbers: impl IntoIterator<Item = N>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(folder.join(format!("{name}.{}", N::TYPE)))?);
    numbers.into_iter().try_for_each(|number| number.write(&mut out))?;
    out.flush()
}

/// Reads what [`save`] wrote of 32-bit numbers.
pub(crate) fn load_u32(folder: &Path, name: &str) -> io::Result<Vec<u32>> {
    let bytes = read(folder.join(format!("{name}.u4")))?;
    Ok(bytes.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number)).collect())
}

/// Reads what [`save`] wrote of 16-bit numbers.
pub(crate) fn load_u16(folder: &Path, name: &str) -> io::Result<Vec<u16>> {
    let bytes = read(folder.join(format!("{name}.u2")))?;
    Ok(bytes.as_chunks().0.iter().map(|number| u16::from_le_bytes(*number)).collect())
}
