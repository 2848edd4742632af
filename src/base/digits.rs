//! Numbers below a hundred as two digits, looked up.

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// The two digits of a number; its last two where it is 100 or more.
#[inline]
pub(crate) fn two_digits(value: u32) -> [u8; 2] {
    PAIRS[(value % 100) as usize]
}
