//! Orders of complaints: keys, sorting, the first k. It knows no model.

mod key;
mod order;
mod top;

pub(crate) use key::Key;
pub(crate) use order::Order;
pub(crate) use top::Top;
