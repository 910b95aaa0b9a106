//! Variables in arithmetic.

use shuck_ast::{ArithmeticExpr, ArithmeticExprNode, ArithmeticLvalue};

use super::words::Collector;

/// Collects the variables and substitutions of an arithmetic expression.
pub(super) fn walk<'a>(collector: &mut Collector<'a>, node: &'a ArithmeticExprNode) {
    match &node.kind {
        ArithmeticExpr::Number(_) => {}
        ArithmeticExpr::Variable(name) => collector.variable(name.as_str(), node.span, true, false),
        ArithmeticExpr::Indexed { name, index } => {
            collector.variable(name.as_str(), node.span, true, false);
            walk(collector, index);
        }
        ArithmeticExpr::ShellWord(word) => collector.nested(word),
        ArithmeticExpr::Parenthesized { expression: inner }
        | ArithmeticExpr::Unary { expr: inner, .. }
        | ArithmeticExpr::Postfix { expr: inner, .. } => walk(collector, inner),
        ArithmeticExpr::Binary { left, right, .. } => {
            walk(collector, left);
            walk(collector, right);
        }
        ArithmeticExpr::Conditional { condition, then_expr, else_expr } => {
            walk(collector, condition);
            walk(collector, then_expr);
            walk(collector, else_expr);
        }
        ArithmeticExpr::Assignment { target, value, .. } => {
            if let ArithmeticLvalue::Indexed { index, .. } = target {
                walk(collector, index);
            }
            walk(collector, value);
        }
    }
}
