//! Orders of complaints: keys, sorting, the first k, positions in a live order, moves between two
//! orders. It knows no model.

mod index;
mod key;
mod moves;
mod order;
mod position;
mod top;

pub(crate) use index::Index;
pub(crate) use key::Key;
pub(crate) use moves::Placed;
pub use moves::{Move, MoveDirection, Moves};
pub(crate) use order::Order;
pub use position::{BandCount, Rank};
pub(crate) use top::Top;

pub use crate::policy::standing::Standing;
