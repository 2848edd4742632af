//! Files packed by gzip or Zstandard: unpacked whole, or told to be damaged. What is cut short must not look like less.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

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
            let source = BufReader::new(source);
            let frames = Frames { source, frame: FrameDecoder::new(), is_within: false };
            Box::new(Whole { unpacked: frames, packing: "Zstandard" })
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
        self.unpacked.read(into).map_err(|cause| match cause.kind() {
            InvalidData | InvalidInput | Other | UnexpectedEof => {
                let packing = self.packing;
                io::Error::other(format!(
                    "it is packed by {packing} and cannot be unpacked whole: it was cut short or damaged, so get it again"
                ))
            }
            _ => cause,
        })
    }
}

/// All frames of a Zstandard file, one after the other: programs that pack on several threads write many.
struct Frames<R> {
    source: R,
    frame: FrameDecoder,
    is_within: bool,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let damaged = |cause| io::Error::new(io::ErrorKind::InvalidData, cause);
        while !into.is_empty() {
            if !self.is_within {
                if self.source.fill_buf()?.is_empty() {
                    break;
                }
                self.begin()?;
                continue;
            }
            if self.frame.can_collect() > 0 {
                return self.frame.read(into);
            }
            if self.frame.is_finished() {
                let stated = self.frame.get_checksum_from_data();
                if stated.is_some() && stated != self.frame.get_calculated_checksum() {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.is_within = false;
                continue;
            }
            self.frame
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(damaged)?;
        }
        Ok(0)
    }
}

impl<R: BufRead> Frames<R> {
    /// Begins the next frame, or skips one that only says something to other programs.
    fn begin(&mut self) -> io::Result<()> {
        match self.frame.reset(&mut self.source) {
            Ok(()) => self.is_within = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let mut skipped = self.source.by_ref().take(length.into());
                if io::copy(&mut skipped, &mut io::sink())? < u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    format!(
                        "it is packed by Zstandard with a window of {requested} bytes, and at most {max} are taken: unpack it first (unzstd)"
                    ),
                ));
            }
            Err(cause) => return Err(io::Error::new(io::ErrorKind::InvalidData, cause)),
        }
        Ok(())
    }
}
