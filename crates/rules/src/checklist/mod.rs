//! A checklist, ticked from evidence.
//!
//! The list is data ([`Checklist`]): sections of items, each bound to facts that must hold, to rules that must not
//! fire, or to a command for people. [`Surroundings::find`] tells the applications of a folder, [`tick`] judges every
//! item by what the rules found, by the facts, and by the images that were given. An item that no file and no image
//! can settle is not checked, and counts as neither.

mod asking;
mod claims;
mod commands;
mod compose_facts;
mod container_facts;
mod facts;
mod file_facts;
mod image_facts;
mod list;
mod quoting;
mod report;
mod routes;
mod stage_facts;
mod start_facts;
mod surroundings;
mod tick;
mod verdict;

pub use commands::placeholders;
pub use facts::described as facts;
pub use list::{Checklist, Item, ListError, Section};
pub use report::{ChecklistReport, Counts, ItemResult, SectionResult};
pub use surroundings::{App, Surroundings};
pub use tick::{GivenImage, tick};
pub use verdict::{Evidence, Status};
