//! The scalar functions.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use caserank::tables;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use crate::EngineError;
use crate::model::Model;

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Gives {
    Key,
    Lane,
    Band,
    Priority,
    Scores,
    Reasons,
    Attention,
}

impl Gives {
    pub(crate) const ALL: [Gives; 7] = [
        Gives::Key,
        Gives::Lane,
        Gives::Band,
        Gives::Priority,
        Gives::Scores,
        Gives::Reasons,
        Gives::Attention,
    ];

    /// The function's name in SQL.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Gives::Key => "triage_key",
            Gives::Lane => "triage_lane",
            Gives::Band => "triage_band",
            Gives::Priority => "triage_priority",
            Gives::Scores => "triage_scores",
            Gives::Reasons => "triage_reasons",
            Gives::Attention => "triage_attention",
        }
    }

    /// Whether a key says it.
    pub(crate) const fn is_in_key(self) -> bool {
        matches!(self, Gives::Lane | Gives::Band | Gives::Priority)
    }

    /// Of a key, its column in [`tables::standings`].
    fn of_standings(self, standings: &RecordBatch) -> Option<ArrayRef> {
        let name = match self {
            Gives::Lane => "lane",
            Gives::Band => "band",
            Gives::Priority => "priority",
            _ => return None,
        };
        standings.column_by_name(name).map(Arc::clone)
    }
}

/// One function under one model.
#[derive(Debug)]
pub(crate) struct TriageFunction {
    pub(crate) gives: Gives,
    pub(crate) model: Arc<Model>,
    signature: Signature,
}

impl PartialEq for TriageFunction {
    fn eq(&self, other: &Self) -> bool {
        self.gives == other.gives && self.model.fingerprint() == other.model.fingerprint()
    }
}

impl Eq for TriageFunction {}

impl Hash for TriageFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.gives.hash(state);
        self.model.fingerprint().hash(state);
    }
}

pub(crate) fn is_binary(data_type: &DataType) -> bool {
    use DataType::{Binary, BinaryView, FixedSizeBinary, LargeBinary};
    matches!(data_type, Binary | BinaryView | LargeBinary | FixedSizeBinary(_))
}

/// Whether the only argument says everything: a struct of columns, or a key.
pub(crate) fn is_bound(gives: Gives, data_type: &DataType) -> bool {
    matches!(data_type, DataType::Struct(_)) || gives.is_in_key() && is_binary(data_type)
}

impl TriageFunction {
    pub(crate) fn new(gives: Gives, model: &Arc<Model>) -> Self {
        let signature = Signature::variadic_any(Volatility::Immutable);
        TriageFunction { gives, model: Arc::clone(model), signature }
    }

    fn of_keys(&self, keys: &ArrayRef) -> Result<ArrayRef> {
        let name = self.gives.name();
        let keys = cast(keys, &DataType::Binary)?;
        let standings = tables::standings(keys.as_binary::<i32>());
        let standings =
            standings.map_err(|cause| EngineError::Table { function: name.to_owned(), cause })?;
        match self.gives.of_standings(&standings) {
            Some(column) => Ok(column),
            None => internal_err!("{name} is not in a key"),
        }
    }

    fn of_rows(&self, rows: &tables::Rows) -> Result<ArrayRef> {
        let result = match self.gives {
            Gives::Key => Ok(Arc::new(rows.keys()) as ArrayRef),
            Gives::Scores => rows.scores(),
            Gives::Reasons => rows.reasons(),
            Gives::Attention => rows.attention(),
            Gives::Lane | Gives::Band | Gives::Priority => {
                return self.of_keys(&(Arc::new(rows.keys()) as ArrayRef));
            }
        };
        let function = self.gives.name().to_owned();
        Ok(result.map_err(|cause| EngineError::Table { function, cause })?)
    }
}

impl ScalarUDFImpl for TriageFunction {
    fn name(&self) -> &str {
        self.gives.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is planned by its fields", self.name())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let fields: Fields = match args.arg_fields {
            [only] => match only.data_type() {
                DataType::Struct(fields) => fields.clone(),
                data_type if self.gives.is_in_key() && is_binary(data_type) => {
                    let none = datafusion::arrow::array::new_empty_array(&DataType::Binary);
                    let data_type = self.of_keys(&none)?.data_type().clone();
                    return Ok(Arc::new(Field::new(self.name(), data_type, true)));
                }
                _ => args.arg_fields.iter().cloned().collect(),
            },
            all => all.iter().cloned().collect(),
        };
        let none = self.model.columns(self.name(), &fields)?.none(self.name())?;
        let data_type = self.of_rows(&none)?.data_type().clone();
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [only] = &args.args[..] else {
            return Err(EngineError::Unnamed { function: self.name().to_owned() }.into());
        };
        let array = only.to_array(args.number_rows)?;
        let result = match array.data_type() {
            DataType::Struct(fields) => {
                let columns = self.model.columns(self.name(), fields)?;
                self.of_rows(&columns.read(self.name(), array.as_struct())?)?
            }
            data_type if self.gives.is_in_key() && is_binary(data_type) => self.of_keys(&array)?,
            _ => return Err(EngineError::Unnamed { function: self.name().to_owned() }.into()),
        };
        Ok(ColumnarValue::Array(result))
    }
}
