//! Formulas: LaTeX to MathML.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

/// Converts formulas.
pub struct Math {
    converter: LatexToMathML,
}

impl Math {
    /// # Panics
    /// Never: only macros could be refused, and there are none.
    #[must_use]
    pub fn new() -> Self {
        let converter = LatexToMathML::new(MathCoreConfig::default());
        Self { converter: converter.unwrap_or_else(|_| unreachable!("no macros are configured")) }
    }

    /// A formula in a sentence.
    ///
    /// # Errors
    /// A sentence that says what the converter did not understand.
    pub fn inline(&self, latex: &str) -> Result<String, String> {
        self.convert(latex, MathDisplay::Inline)
    }

    /// A formula on its own.
    ///
    /// # Errors
    /// As [`Math::inline`].
    pub fn block(&self, latex: &str) -> Result<String, String> {
        self.convert(latex, MathDisplay::Block)
    }

    fn convert(&self, latex: &str, display: MathDisplay) -> Result<String, String> {
        let latex = latex.trim();
        self.converter
            .convert_with_local_state(latex, display)
            .map(|result| result.mathml)
            .map_err(|error| format!("The formula “{latex}” has a fault: {}.", error.error_message()))
    }
}

impl Default for Math {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_mathml() {
        let math = Math::new();
        assert!(math.inline("x_i^2").is_ok_and(|m| m.starts_with("<math>") && m.ends_with("</math>")));
        assert!(math.block("\\frac{a}{b}").is_ok_and(|m| m.starts_with("<math display=\"block\">")));
        for latex in [
            "\\mathrm{softmax}(QK^\\top / \\sqrt{d})V",
            "\\sum_{i=1}^{N} f_i P_i",
            "\\text{load} \\le C",
            "\\tau \\frac{dV}{dt} = -(V - V_\\text{rest}) + R I(t)",
            "\\log \\sum_j e^{x_j}",
            "\\begin{cases} 1 & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
        ] {
            assert!(math.block(latex).is_ok(), "{latex}: {:?}", math.block(latex));
        }
    }

    #[test]
    fn a_faulty_formula_is_told() {
        assert!(Math::new().inline("\\frac{a").is_err_and(|sentence| sentence.contains("\\frac{a")));
        assert!(Math::new().inline("\\nonsense").is_err());
    }
}
