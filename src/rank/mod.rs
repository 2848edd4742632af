//! Orders of complaints: keys, sorting, the first k. It knows no model.

mod key;
mod radix;
mod top;

pub(crate) use key::Key;
pub(crate) use radix::sort;
pub(crate) use top::Top;
