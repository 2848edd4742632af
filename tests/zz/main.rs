//! Scratch.
mod common {
    pub(crate) const TOY: &str = include_str!("../../fixtures/models/toy.json");
    pub(crate) const TOY_CODEBOOK: &str = include_str!("../../fixtures/models/toy-codebook.json");
    #[path = "../../common/schema.rs"]
    pub(crate) mod schema;
}
#[path = "../parts/mapping_files.rs"]
mod mapping_files;
#[path = "../parts/mapping_host.rs"]
mod mapping_host;
#[path = "../parts/mapping_tables.rs"]
mod mapping_tables;
