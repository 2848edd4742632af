//! Orders of complaints: keys, sorting, the first k, positions in a live order, moves between two
//! orders. It knows no model.

mod index;
mod key;
mod moves;
mod radix;
mod top;

pub(crate) use index::{Index, Iter};
pub(crate) use key::Key;
pub(crate) use moves::Placed;
pub use moves::{Direction, Move, Moves, Standing};
pub(crate) use radix::sort;
pub(crate) use top::Top;
