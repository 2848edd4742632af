//! Files packed by gzip or Zstandard: unpacked whole, or told to be damaged. What is cut short must not look like less.

use std::io::{self, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zstd::zstd_safe::{get_error_name, zstd_sys::ZSTD_ErrorCode};

/// The largest window of Zstandard that is taken, as a power of two: 128 MiB, what its own programs take unasked.
const LARGEST_WINDOW: u32 = 27;

/// The source as it was before it was packed, told by its first bytes; the source itself where nothing packed it.
pub(crate) fn unpacked(mut source: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    source.by_ref().take(4).read_to_end(&mut head)?;
    let first: [u8; 4] = std::array::from_fn(|byte| head.get(byte).copied().unwrap_or_default());
    let source = Cursor::new(head).chain(source);
    Ok(match first {
        [0x1f, 0x8b, ..] => {
            let unpacked = MultiGzDecoder::new(BufReader::new(source));
            Box::new(Whole { unpacked, packing: "gzip" })
        }
        // A frame, or one that only says something to other programs and is skipped.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
            // All frames, one after the other: programs that pack on several threads write many.
            let mut unpacked = zstd::Decoder::new(source)?;
            unpacked.window_log_max(LARGEST_WINDOW)?;
            Box::new(Whole { unpacked, packing: "Zstandard" })
        }
        _ => Box::new(source),
    })
}

/// Says in words for people what is wrong with a packed file.
struct Whole<R> {
    unpacked: R,
    packing: &'static str,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        let packing = self.packing;
        self.unpacked.read(into).map_err(|cause| match cause.kind() {
            _ if has_large_window(&cause) => io::Error::new(
                io::ErrorKind::Unsupported,
                format!(
                    "it is packed by {packing} with a window of more than {} bytes, which is the most that is taken: unpack it first (unzstd --long=31)",
                    1_u64 << LARGEST_WINDOW
                ),
            ),
            InvalidData | InvalidInput | Other | UnexpectedEof => io::Error::other(format!(
                "it is packed by {packing} and cannot be unpacked whole: it was cut short or damaged, so get it again"
            )),
            _ => cause,
        })
    }
}

/// Whether a frame of Zstandard is refused for the memory that it asks for, and not for damage.
fn has_large_window(cause: &io::Error) -> bool {
    // Codes of errors are counted down from zero.
    let code = ZSTD_ErrorCode::ZSTD_error_frameParameter_windowTooLarge as usize;
    cause.to_string() == get_error_name(code.wrapping_neg())
}
