//! Windows over keys: DataFusion knows no ranges of bytes, and a range from the first row to the present one needs none.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{
    Expr, ExprSchemable, WindowFrame, WindowFrameBound, WindowFrameUnits,
};

use crate::function::is_binary;

/// `OVER (ORDER BY triage_key)`, whose frame is a range unless something else is said, as the same frame in groups: rows
/// with one key come together in either.
#[derive(Debug)]
pub(crate) struct FramesOfKeys;

impl FunctionRewrite for FramesOfKeys {
    fn name(&self) -> &str {
        "caserank_frames_of_keys"
    }

    fn rewrite(
        &self,
        expr: Expr,
        schema: &DFSchema,
        _: &ConfigOptions,
    ) -> Result<Transformed<Expr>> {
        let Expr::WindowFunction(mut window) = expr else { return Ok(Transformed::no(expr)) };
        let frame = &window.params.window_frame;
        let by_key = match window.params.order_by.first() {
            Some(first) => is_binary(&first.expr.get_type(schema)?),
            None => false,
        };
        let is_range = frame.units == WindowFrameUnits::Range;
        if !by_key
            || !is_range
            || [&frame.start_bound, &frame.end_bound].into_iter().any(is_distance)
        {
            return Ok(Transformed::no(Expr::WindowFunction(window)));
        }
        let in_groups = |bound: &WindowFrameBound| match bound {
            WindowFrameBound::Preceding(_) => {
                WindowFrameBound::Preceding(ScalarValue::UInt64(None))
            }
            WindowFrameBound::CurrentRow => WindowFrameBound::CurrentRow,
            WindowFrameBound::Following(_) => {
                WindowFrameBound::Following(ScalarValue::UInt64(None))
            }
        };
        let (start, end) = (in_groups(&frame.start_bound), in_groups(&frame.end_bound));
        window.params.window_frame = WindowFrame::new_bounds(WindowFrameUnits::Groups, start, end);
        Ok(Transformed::yes(Expr::WindowFunction(window)))
    }
}

/// Whether a bound is so far from the present row, which only numbers and times can be.
fn is_distance(bound: &WindowFrameBound) -> bool {
    match bound {
        WindowFrameBound::Preceding(by) | WindowFrameBound::Following(by) => !by.is_null(),
        WindowFrameBound::CurrentRow => false,
    }
}
