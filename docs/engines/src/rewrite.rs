//! Columns given one by one become a struct that keeps their names through every later change of the plan.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result};
use datafusion::functions::core::named_struct;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{Expr, ExprSchemable, lit};

use crate::EngineError;
use crate::function::{TriageFunction, is_bound};

/// `triage_key(id, received)` as `triage_key(named_struct('id', id, 'received', received))`.
#[derive(Debug)]
pub(crate) struct NameColumns;

impl FunctionRewrite for NameColumns {
    fn name(&self) -> &str {
        "caserank_name_columns"
    }

    fn rewrite(
        &self,
        expr: Expr,
        schema: &DFSchema,
        _: &ConfigOptions,
    ) -> Result<Transformed<Expr>> {
        let Expr::ScalarFunction(mut call) = expr else { return Ok(Transformed::no(expr)) };
        let Some(function) = call.func.inner().downcast_ref::<TriageFunction>() else {
            return Ok(Transformed::no(Expr::ScalarFunction(call)));
        };
        let bound = match &call.args[..] {
            [only] => is_bound(function.gives, &only.get_type(schema)?),
            _ => false,
        };
        if bound {
            return Ok(Transformed::no(Expr::ScalarFunction(call)));
        }
        let mut named = Vec::with_capacity(2 * call.args.len());
        for (place, argument) in std::mem::take(&mut call.args).into_iter().enumerate() {
            let name = match &argument {
                Expr::Column(column) => column.name.clone(),
                Expr::Alias(alias) => alias.name.clone(),
                other => {
                    let function = function.gives.name().to_owned();
                    let argument = other.to_string();
                    return Err(EngineError::NoName { function, place: place + 1, argument }.into());
                }
            };
            named.extend([lit(name), argument.unalias()]);
        }
        call.args = vec![named_struct().call(named)];
        Ok(Transformed::yes(Expr::ScalarFunction(call)))
    }
}
