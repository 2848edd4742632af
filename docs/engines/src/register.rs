//! One call that makes all functions known.

use std::sync::Arc;

use caserank::Triage;
use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping};
use caserank::tables::TableReader;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use datafusion::logical_expr::registry::FunctionRegistry;
use datafusion::prelude::SessionContext;

use crate::EngineError;
use crate::frames::FramesOfKeys;
use crate::function::{Gives, TriageFunction};
use crate::model::Model;
use crate::relation::Relations;
use crate::rewrite::NameColumns;

/// The functions under one model, to be registered with sessions of DataFusion. The model is compiled once.
#[derive(Debug, Clone)]
pub struct Functions {
    triage: Triage,
    importer: Option<Importer>,
    table_reader: TableReader,
    reading: Reading,
}

impl Functions {
    /// For tables whose columns have the names of the plain CSV: `id`, `received`, `deadlines` and the other fields of
    /// a complaint, and the items of the model's codebook.
    #[must_use]
    pub fn new(triage: &Triage) -> Self {
        Functions {
            triage: triage.clone(),
            importer: None,
            table_reader: TableReader::new(),
            reading: triage.reading(),
        }
    }

    /// For tables of any columns, through a mapping.
    ///
    /// # Errors
    /// [`EngineError::Mapping`] for items and answers that the model's codebook does not list.
    pub fn with_mapping(mut self, mapping: &Mapping) -> Result<Self, EngineError> {
        let importer = Importer::new(mapping, self.triage.codebook());
        self.importer = Some(importer.map_err(|cause| EngineError::Mapping { cause })?);
        Ok(self)
    }

    /// How types are read that leave something open, such as timestamps without a zone.
    #[must_use]
    pub fn with_table_reader(mut self, table_reader: TableReader) -> Self {
        self.table_reader = table_reader;
        self
    }

    /// How rows are read: strictly, or with a time of intake. What a second row of an id says, and columns that are not
    /// listed, are not the reading's to decide here.
    #[must_use]
    pub fn with_reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    pub(crate) fn model(&self) -> Arc<Model> {
        Arc::new(Model::new(
            self.triage.clone(),
            self.importer.clone(),
            self.table_reader.clone(),
            self.reading.clone(),
        ))
    }

    /// Makes the functions and relations known to a session, in the place of those of an earlier model.
    ///
    /// # Errors
    /// Where the session refuses functions.
    pub fn register(&self, context: &SessionContext) -> Result<()> {
        let model = self.model();
        let state = context.state_ref();
        let functions = functions(&model);
        let mut state = state.write();
        for function in &functions {
            state.register_udf(Arc::clone(function))?;
        }
        state.register_function_rewrite(Arc::new(NameColumns))?;
        state.register_function_rewrite(Arc::new(FramesOfKeys))?;
        let catalogs = Arc::clone(state.catalog_list());
        state.register_relation_planner(Arc::new(Relations { model, functions, catalogs }))
    }
}

/// In the order of [`Gives::ALL`].
pub(crate) fn functions(model: &Arc<Model>) -> Vec<Arc<ScalarUDF>> {
    let function = |gives| Arc::new(ScalarUDF::new_from_impl(TriageFunction::new(gives, model)));
    Gives::ALL.map(function).to_vec()
}
