//! From the names of the reference files to the project's models.

mod attention;
mod compression;
mod experts;
mod federated;
mod fine_tuning;
mod graphs;
mod interpretability;
mod liquid;
mod multimodal;
mod preferences;
mod quantum;
mod retrieval;
mod robustness;
mod scaling;
mod significance;
mod spiking;
mod state_space;
mod synthetic_data;
mod test_time;
mod world_models;

use serde_json::Value;
use tinkerable::models::mlp::{Activation, Mlp};
use tinkerable::numerics::matrix::Matrix;

/// Every expected output of a case by name, or a sentence on what cannot be computed.
pub type Outputs = Result<Vec<(&'static str, Tensor)>, String>;

/// Computes one case.
pub type Kernel = fn(&Case) -> Outputs;

/// The model behind a kernel's name.
pub fn lookup(kernel: &str) -> Option<Kernel> {
    [
        attention::KERNELS,
        compression::KERNELS,
        experts::KERNELS,
        federated::KERNELS,
        fine_tuning::KERNELS,
        graphs::KERNELS,
        interpretability::KERNELS,
        liquid::KERNELS,
        multimodal::KERNELS,
        preferences::KERNELS,
        quantum::KERNELS,
        retrieval::KERNELS,
        robustness::KERNELS,
        scaling::KERNELS,
        significance::KERNELS,
        spiking::KERNELS,
        state_space::KERNELS,
        synthetic_data::KERNELS,
        test_time::KERNELS,
        world_models::KERNELS,
    ]
    .into_iter()
    .flatten()
    .find(|(name, _)| *name == kernel)
    .map(|(_, run)| *run)
}

fn words(list: &Value) -> Option<Vec<&str>> {
    list.as_array()?.iter().map(Value::as_str).collect()
}

/// One case of a reference file.
pub struct Case<'a> {
    case: &'a Value,
}

#[allow(dead_code)]
impl<'a> Case<'a> {
    pub fn new(case: &'a Value) -> Self {
        Self { case }
    }

    pub fn number(&self, param: &str) -> Result<f64, String> {
        self.case["params"][param].as_f64().ok_or_else(|| format!("no number {param} in params"))
    }

    pub fn whole(&self, param: &str) -> Result<usize, String> {
        self.case["params"][param]
            .as_u64()
            .map(|n| n as usize)
            .ok_or_else(|| format!("no whole number {param} in params"))
    }

    pub fn flag(&self, param: &str) -> Result<bool, String> {
        self.case["params"][param].as_bool().ok_or_else(|| format!("no flag {param} in params"))
    }

    pub fn word(&self, param: &str) -> Result<&'a str, String> {
        self.case["params"][param].as_str().ok_or_else(|| format!("no word {param} in params"))
    }

    pub fn text(&self, input: &str) -> Result<&'a str, String> {
        self.case["input"][input].as_str().ok_or_else(|| format!("no text {input} in input"))
    }

    pub fn words(&self, input: &str) -> Result<Vec<&'a str>, String> {
        words(&self.case["input"][input]).ok_or_else(|| format!("no list of words {input} in input"))
    }

    pub fn words_of_each(&self, input: &str) -> Result<Vec<Vec<&'a str>>, String> {
        let lists = self.case["input"][input].as_array().and_then(|lists| lists.iter().map(words).collect());
        lists.ok_or_else(|| format!("no lists of words {input} in input"))
    }

    /// Lists of whole numbers, each as long as it is.
    pub fn wholes_of_each(&self, input: &str) -> Result<Vec<Vec<usize>>, String> {
        let whole = |n: &Value| n.as_u64().map(|n| n as usize);
        let list = |list: &Value| list.as_array()?.iter().map(whole).collect();
        let lists = self.case["input"][input].as_array().and_then(|lists| lists.iter().map(list).collect());
        lists.ok_or_else(|| format!("no lists of whole numbers {input} in input"))
    }

    pub fn tensor(&self, input: &str) -> Result<Tensor, String> {
        Tensor::read(&self.case["input"][input]).map_err(|e| format!("input {input}: {e}"))
    }

    pub fn vector(&self, input: &str) -> Result<Vec<f64>, String> {
        let tensor = self.tensor(input)?;
        if tensor.shape.len() == 1 { Ok(tensor.data) } else { Err(format!("input {input} is no vector")) }
    }

    pub fn matrix(&self, input: &str) -> Result<Matrix, String> {
        match self.tensor(input)? {
            Tensor { shape, data, .. } if shape.len() == 2 => Ok(Matrix::from_vec(shape[0], shape[1], data)),
            Tensor { shape, .. } => Err(format!("input {input} has shape {shape:?}, not a matrix")),
        }
    }

    /// The network of two layers with the weights and biases w1, b1, w2 and b2.
    pub fn mlp(&self) -> Result<Mlp, String> {
        let activation = match self.word("activation")? {
            "tanh" => Activation::Tanh,
            "relu" => Activation::Relu,
            "sigmoid" => Activation::Sigmoid,
            other => return Err(format!("activation {other} is not known: tanh, relu and sigmoid are")),
        };
        let (w1, w2) = (self.matrix("w1")?, self.matrix("w2")?);
        Ok(Mlp { w1, b1: self.vector("b1")?, w2, b2: self.vector("b2")?, activation })
    }

    /// A tensor of three axes as one matrix for each index of the first.
    pub fn matrices(&self, input: &str) -> Result<Vec<Matrix>, String> {
        match self.tensor(input)? {
            Tensor { shape, data, .. } if shape.len() == 3 => {
                let size = shape[1] * shape[2];
                Ok((0..shape[0])
                    .map(|i| Matrix::from_vec(shape[1], shape[2], data[i * size..(i + 1) * size].to_vec()))
                    .collect())
            }
            Tensor { shape, .. } => Err(format!("input {input} has shape {shape:?}, not three axes")),
        }
    }
}

/// Numbers with a shape, outermost axis first.
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
    /// Written without a decimal point: indices, codes and counts, which must match exactly.
    pub whole: bool,
}

#[allow(dead_code)]
impl Tensor {
    pub fn number(x: f64) -> Self {
        Self { shape: vec![], data: vec![x], whole: false }
    }

    pub fn vector(data: Vec<f64>) -> Self {
        Self { shape: vec![data.len()], data, whole: false }
    }

    pub fn matrix(m: &Matrix) -> Self {
        Self { shape: vec![m.rows(), m.columns()], data: m.as_slice().to_vec(), whole: false }
    }

    /// Equal matrices stacked along a new first axis.
    pub fn stack(matrices: &[Matrix]) -> Self {
        let (rows, columns) = matrices.first().map_or((0, 0), |m| (m.rows(), m.columns()));
        Self {
            shape: vec![matrices.len(), rows, columns],
            data: matrices.iter().flat_map(|m| m.as_slice().iter().copied()).collect(),
            whole: false,
        }
    }

    /// Reads nested lists, or a bare number.
    pub fn read(value: &Value) -> Result<Self, String> {
        let mut shape = Vec::new();
        let mut level = value;
        while let Value::Array(items) = level {
            shape.push(items.len());
            match items.first() {
                Some(first) => level = first,
                None => break,
            }
        }
        let mut tensor = Self { shape, data: Vec::new(), whole: true };
        tensor.collect(value, 0)?;
        Ok(tensor)
    }

    fn collect(&mut self, value: &Value, depth: usize) -> Result<(), String> {
        match value {
            Value::Array(items) => {
                if self.shape.get(depth) != Some(&items.len()) {
                    return Err("a ragged list".to_owned());
                }
                items.iter().try_for_each(|item| self.collect(item, depth + 1))
            }
            Value::Number(n) => {
                self.whole &= n.is_i64() || n.is_u64();
                self.data.push(n.as_f64().ok_or("a number out of range")?);
                Ok(())
            }
            other => Err(format!("{other} is no number")),
        }
    }
}
