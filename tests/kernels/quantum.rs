//! Circuits, slopes and overlaps, against PennyLane, whose wire 0 is the highest bit: wire w is qubit
//! n − 1 − w here.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::quantum_state::{Half, Pauli, State, parameter_shift};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] =
    &[("quantum_circuit", circuit), ("quantum_gradient", gradient), ("quantum_kernel", kernel)];

/// One gate by its name.
fn apply(state: &mut State, gate: &str, qubits: &[usize], angle: f64) -> Result<(), String> {
    match gate {
        "H" => state.hadamard(qubits[0]),
        "CNOT" => state.controlled_not(qubits[0], qubits[1]),
        "CZ" => state.controlled_z(qubits[0], qubits[1]),
        "RX" => state.rotate(Pauli::X, qubits[0], Half::of(angle)),
        "RY" => state.rotate(Pauli::Y, qubits[0], Half::of(angle)),
        "RZ" => state.rotate(Pauli::Z, qubits[0], Half::of(angle)),
        other => return Err(format!("no gate {other}")),
    }
    Ok(())
}

struct Gates<'a> {
    n: usize,
    names: Vec<&'a str>,
    qubits: Vec<Vec<usize>>,
}

impl<'a> Gates<'a> {
    fn of(case: &Case<'a>) -> Result<Self, String> {
        let n = case.whole("qubits")?;
        let qubits = case.wholes_of_each("wires")?;
        let qubits = qubits.into_iter().map(|wires| wires.into_iter().map(|w| n - 1 - w).collect());
        Ok(Self { n, names: case.words("gates")?, qubits: qubits.collect() })
    }

    fn run(&self, angles: &[f64]) -> Result<State, String> {
        let mut state = State::zero(self.n);
        for ((name, qubits), angle) in self.names.iter().zip(&self.qubits).zip(angles) {
            apply(&mut state, name, qubits, *angle)?;
        }
        Ok(state)
    }
}

fn circuit(case: &Case) -> Outputs {
    let gates = Gates::of(case)?;
    let state = gates.run(&case.vector("angles")?)?;
    Ok(vec![
        ("state_re", Tensor::vector(state.amplitudes().iter().map(|z| z.re).collect())),
        ("state_im", Tensor::vector(state.amplitudes().iter().map(|z| z.im).collect())),
        ("probs", Tensor::vector(state.chances())),
        ("expval_z", Tensor::vector((0..gates.n).rev().map(|q| state.mean_z(q)).collect())),
    ])
}

fn gradient(case: &Case) -> Outputs {
    let gates = Gates::of(case)?;
    let read = gates.n - 1 - case.whole("observable_wire")?;
    let (theta, index) = (case.vector("theta")?, case.vector("param_index")?);
    let own = |gate: f64| (gate >= 0.0).then_some(gate as usize);
    let angles: Vec<f64> = index.iter().map(|i| own(*i).map_or(0.0, |i| theta[i])).collect();
    let value = gates.run(&angles)?.mean_z(read);
    let mut slopes = vec![0.0; theta.len()];
    for (gate, index) in index.iter().enumerate() {
        if let Some(p) = own(*index) {
            slopes[p] += parameter_shift(|by| {
                let mut turned = angles.clone();
                turned[gate] += by;
                gates.run(&turned).map_or(f64::NAN, |state| state.mean_z(read))
            });
        }
    }
    Ok(vec![("value", Tensor::number(value)), ("grad", Tensor::vector(slopes))])
}

fn kernel(case: &Case) -> Outputs {
    let n = case.whole("qubits")?;
    let (rotation, entangler) = (format!("R{}", case.word("rotation")?), case.word("entangler")?);
    let pairs = case.tensor("pairs")?.data;
    let embedded = |m: Matrix| -> Result<Vec<State>, String> {
        let state = |row: &[f64]| {
            let mut state = State::zero(n);
            for _ in 0..case.whole("layers")? {
                if case.flag("hadamard")? {
                    (0..n).for_each(|q| state.hadamard(q));
                }
                for (w, x) in row.iter().enumerate() {
                    apply(&mut state, &rotation, &[n - 1 - w], *x)?;
                }
                for pair in pairs.chunks_exact(2) {
                    apply(&mut state, entangler, &[n - 1 - pair[0] as usize, n - 1 - pair[1] as usize], 0.0)?;
                }
            }
            Ok(state)
        };
        (0..m.rows()).map(|r| state(m.row(r))).collect()
    };
    let (a, b) = (embedded(case.matrix("a")?)?, embedded(case.matrix("b")?)?);
    let overlaps = Matrix::from_fn(a.len(), b.len(), |i, j| b[j].overlap(&a[i]).squared_size());
    Ok(vec![("kernel", Tensor::matrix(&overlaps))])
}
