//! Relations: a table with what triage says of each row, its first rows, and what its columns are read as.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use datafusion::catalog::CatalogProviderList;
use datafusion::common::{Column, DFSchema, Result, ScalarValue, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::functions::core::named_struct;
use datafusion::logical_expr::planner::{
    PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning,
};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF, col, lit};
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, FunctionArg, FunctionArgExpr, Ident, ObjectName, TableFactor, Value,
};

use crate::EngineError;
use crate::function::Gives;
use crate::model::Model;

/// A relation by its name in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    All,
    Top,
    Columns,
}

impl Relation {
    fn of(name: &ObjectName) -> Option<Self> {
        let [part] = &name.0[..] else { return None };
        let name = &part.as_ident()?.value;
        [Relation::All, Relation::Top, Relation::Columns]
            .into_iter()
            .find(|relation| relation.name().eq_ignore_ascii_case(name))
    }

    const fn name(self) -> &'static str {
        match self {
            Relation::All => "triage",
            Relation::Top => "triage_top",
            Relation::Columns => "triage_columns",
        }
    }

    const fn takes(self) -> &'static str {
        match self {
            Relation::Top => "a table or a query in brackets, and how many rows",
            Relation::All | Relation::Columns => "a table or a query in brackets",
        }
    }
}

/// Plans the relations.
#[derive(Debug)]
pub(crate) struct Relations {
    pub(crate) model: Arc<Model>,
    /// In the order of [`Gives::ALL`].
    pub(crate) functions: Vec<Arc<ScalarUDF>>,
    pub(crate) catalogs: Arc<dyn CatalogProviderList>,
}

impl RelationPlanner for Relations {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let original = |relation| Ok(RelationPlanning::Original(Box::new(relation)));
        let TableFactor::Table { name, alias, args: Some(args), .. } = &relation else {
            return original(relation);
        };
        let Some(called) = Relation::of(name) else { return original(relation) };
        let alias = alias.clone();
        let (table, count) = match (called, &args.args[..]) {
            (Relation::Top, [table, count]) => (table, Some(count)),
            (Relation::All | Relation::Columns, [table]) => (table, None),
            (_, other) => {
                return Err(EngineError::Arguments {
                    function: called.name().to_owned(),
                    found: format!("{} arguments", other.len()),
                    expected: called.takes(),
                }
                .into());
            }
        };
        let input = self.input(called, table, &relation, context)?;
        let plan = match called {
            Relation::All => {
                let keyed = self.keyed(called, &input)?;
                self.judged(keyed)?
            }
            Relation::Top => {
                let count = self.count(called, count, context)?;
                let keyed = self.keyed(called, &input)?;
                let first = col(Gives::Key.name()).sort(true, true);
                let first =
                    LogicalPlanBuilder::from(keyed.plan).sort_with_limit([first], Some(count))?;
                let plan = first.limit(0, Some(count))?.build()?;
                self.judged(Keyed { plan, ..keyed })?
            }
            Relation::Columns => self.columns(called, &input)?,
        };
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias))))
    }
}

/// A plan whose last column is the key.
struct Keyed {
    plan: LogicalPlan,
    /// What the functions read.
    columns: Expr,
    /// The columns that there were.
    input: Vec<Expr>,
}

impl Relations {
    fn call(&self, gives: Gives, argument: Expr) -> Expr {
        let place = Gives::ALL.iter().position(|other| *other == gives).unwrap_or_default();
        self.functions[place].call(vec![argument]).alias(gives.name())
    }

    /// Adds the key.
    fn keyed(&self, called: Relation, input: &LogicalPlan) -> Result<Keyed> {
        let schema = input.schema();
        for field in schema.fields() {
            if Gives::ALL.iter().any(|gives| gives.name() == field.name()) {
                let (function, column) = (called.name().to_owned(), field.name().clone());
                return Err(EngineError::Taken { function, column }.into());
            }
        }
        let reader = self.model.reader(called.name(), schema.fields())?;
        self.model.check(called.name(), &reader)?;
        let mut named = Vec::new();
        for (qualifier, field) in schema.iter() {
            let (name, below) = (field.name(), format!("{}.", field.name()));
            let is_read = |(column, read_as): (&str, Option<String>)| {
                read_as.is_some() && (column == name || column.starts_with(&below))
            };
            if reader.read_as().any(is_read) || is_carried(name) {
                let column = Column::new(qualifier.cloned(), name);
                named.extend([lit(name.clone()), Expr::Column(column)]);
            }
        }
        let columns = named_struct().call(named);
        let input_columns = columns_of(schema);
        let with_key =
            input_columns.iter().cloned().chain([self.call(Gives::Key, columns.clone())]);
        let plan = LogicalPlanBuilder::from(input.clone()).project(with_key)?.build()?;
        Ok(Keyed { plan, columns, input: input_columns })
    }

    /// Adds everything else.
    fn judged(&self, keyed: Keyed) -> Result<LogicalPlan> {
        let key = || Expr::Column(Column::new_unqualified(Gives::Key.name()));
        let all = Gives::ALL.into_iter().map(|gives| match gives {
            Gives::Key => key(),
            gives if gives.is_in_key() => self.call(gives, key()),
            gives => self.call(gives, keyed.columns.clone()),
        });
        let all = keyed.input.iter().cloned().chain(all);
        LogicalPlanBuilder::from(keyed.plan).project(all)?.build()
    }

    /// What the columns of a table are read as, and what has none.
    fn columns(&self, called: Relation, input: &LogicalPlan) -> Result<LogicalPlan> {
        let reader = self.model.reader(called.name(), input.schema().fields())?;
        let silent: Vec<String> = self.model.silent(&reader).collect();
        let text = |text: Option<&str>| lit(ScalarValue::Utf8(text.map(str::to_owned)));
        let mut rows = Vec::new();
        for (column, read_as) in reader.read_as() {
            let resembles = reader.unmatched().iter().find(|unmatched| unmatched.name() == column);
            let resembles = resembles.and_then(|unmatched| unmatched.resembles());
            rows.push(vec![
                text(Some(column)),
                text(read_as.as_deref()),
                text(resembles),
                lit(false),
            ]);
        }
        for item in reader.unanswered() {
            let danger = silent.contains(&item.id);
            rows.push(vec![text(None), text(Some(&item.id)), text(None), lit(danger)]);
        }
        let names = ["column_name", "read_as", "resembles", "hides_danger"];
        let named =
            |(place, name): (usize, &&str)| col(format!("column{}", place + 1)).alias(*name);
        let named: Vec<Expr> = names.iter().enumerate().map(named).collect();
        LogicalPlanBuilder::values(rows)?.project(named)?.build()
    }

    fn count(
        &self,
        called: Relation,
        count: Option<&FunctionArg>,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<usize> {
        let refused = |found: String| EngineError::Arguments {
            function: called.name().to_owned(),
            found,
            expected: "a whole number of rows, such as 1000,",
        };
        let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))) = count else {
            return Err(refused("no number".to_owned()).into());
        };
        let shown = expr.to_string();
        let expr = context.sql_to_expr(expr.clone(), &DFSchema::empty())?;
        match expr {
            Expr::Literal(ScalarValue::Int64(Some(count)), _) => {
                Ok(usize::try_from(count).map_err(|_| refused(format!("`{shown}`")))?)
            }
            _ => Err(refused(format!("`{shown}`")).into()),
        }
    }

    /// The plan of the table or query that a relation is called with.
    fn input(
        &self,
        called: Relation,
        table: &FunctionArg,
        relation: &TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<LogicalPlan> {
        let refused = || EngineError::Arguments {
            function: called.name().to_owned(),
            found: format!("`{table}`"),
            expected: called.takes(),
        };
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = table else {
            return Err(refused().into());
        };
        let name = match expr {
            SqlExpr::Subquery(query) => {
                let subquery = query.clone();
                return context.plan(TableFactor::Derived {
                    lateral: false,
                    subquery,
                    alias: None,
                    sample: None,
                });
            }
            SqlExpr::Identifier(name) => ObjectName::from(vec![name.clone()]),
            SqlExpr::CompoundIdentifier(parts) => ObjectName::from(parts.clone()),
            SqlExpr::Value(value) => match &value.value {
                Value::SingleQuotedString(name) => {
                    ObjectName::from(vec![Ident::with_quote('"', name.clone())])
                }
                _ => return Err(refused().into()),
            },
            _ => return Err(refused().into()),
        };
        let reference = context.object_name_to_table_reference(name.clone())?;
        // A name of the same statement, such as one that WITH gives.
        let mut named = relation.clone();
        if let TableFactor::Table { name: called, args, alias, .. } = &mut named {
            (*called, *args, *alias) = (name, None, None);
        }
        if let Ok(plan) = context.plan(named) {
            return Ok(plan);
        }
        self.table(called, &reference, context)
    }

    /// A table of the catalogs: the planner looks up those alone beforehand that stand behind FROM.
    fn table(
        &self,
        called: Relation,
        reference: &TableReference,
        context: &dyn RelationPlannerContext,
    ) -> Result<LogicalPlan> {
        let missing = || EngineError::NoTable {
            function: called.name().to_owned(),
            table: reference.to_string(),
        };
        let defaults = &context.context_provider().options().catalog;
        let whole = reference.clone().resolve(&defaults.default_catalog, &defaults.default_schema);
        let schema = self.catalogs.catalog(&whole.catalog);
        let schema = schema.and_then(|catalog| catalog.schema(&whole.schema));
        let schema = schema.ok_or_else(missing)?;
        let table = pin!(schema.table(&whole.table));
        let Poll::Ready(table) = table.poll(&mut Context::from_waker(Waker::noop())) else {
            return Err(missing().into());
        };
        let table = table?.ok_or_else(missing)?;
        LogicalPlanBuilder::scan(reference.clone(), provider_as_source(table), None)?.build()
    }
}

/// What another reader did not understand, in a column that the library wrote.
fn is_carried(name: &str) -> bool {
    name == "not_understood"
}

fn columns_of(schema: &DFSchema) -> Vec<Expr> {
    let column = |(qualifier, field): (Option<&TableReference>, &Arc<_>)| {
        let field: &datafusion::arrow::datatypes::Field = field;
        Expr::Column(Column::new(qualifier.cloned(), field.name()))
    };
    schema.iter().map(column).collect()
}
