//! Holds the models against numbers that published libraries computed.
//!
//! Reads every `*.json` of the folder in `TINKERABLE_REFERENCE`, else of `tests/reference/`, looks
//! each kernel up in [`kernels::lookup`], runs each case and compares every expected output, shape
//! and all. A kernel that no model implements is listed as not covered. It knows neither how many
//! files nor how many cases there are.

mod kernels;

use kernels::{Case, Tensor};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Kernels that the topics built so far promise; without them the test fails.
const PROMISED: &[&str] = &[
    "attention",
    "attention_alibi",
    "bm25",
    "ddpm_schedule",
    "dora_forward",
    "dpo_loss",
    "ewc_penalty",
    "fedavg",
    "fgsm",
    "gp_regression",
    "gqa",
    "infonce",
    "integrated_gradients",
    "kmeans",
    "lif",
    "lif_synaptic",
    "logits_warp",
    "lora_forward",
    "lora_merge",
    "mamba_block",
    "mamba_selective_scan",
    "mlp_train",
    "moe_layer",
    "moe_router",
    "nf4_quantize",
    "norm_layers",
    "pass_at_k",
    "pca",
    "power_law_fit",
    "prune_magnitude",
    "quantize_int8",
    "quantum_circuit",
    "quantum_gradient",
    "quantum_kernel",
    "rope",
    "rouge_l",
    "s4d_discretize",
    "sae_topk",
    "swiglu_mlp",
    "welch_t",
];

fn main() {
    // The harness's flags (`--nocapture`, a filter) mean nothing here, but `--list` must list.
    if std::env::args().any(|a| a == "--list") {
        println!("reference: test");
        return;
    }
    let folder = std::env::var_os("TINKERABLE_REFERENCE")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference"), PathBuf::from);
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect(),
        Err(error) => {
            eprintln!("The reference folder {} cannot be read: {error}.", folder.display());
            std::process::exit(1);
        }
    };
    files.retain(|f| f.extension().is_some_and(|e| e == "json"));
    files.sort();

    let (mut passed, mut failed) = (0, 0);
    let mut covered = Vec::new();
    for file in &files {
        let report = check_file(file);
        match report {
            Err(sentence) => {
                println!("{sentence}");
                failed += 1;
            }
            Ok(Report { kernel, held: None, .. }) => println!("{kernel:24} not covered"),
            Ok(Report { kernel, held: Some(held), failures }) => {
                println!("{kernel:24} {held} of {} cases held", held + failures.len());
                for failure in &failures {
                    println!("    {failure}");
                }
                passed += held;
                failed += failures.len();
                covered.push(kernel);
            }
        }
    }
    for promised in PROMISED {
        if !covered.iter().any(|k| k == promised) {
            println!("{promised:24} is promised, but no file or no model has it");
            failed += 1;
        }
    }
    println!(
        "\ntest result: {}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out",
        if failed == 0 { "ok" } else { "FAILED" }
    );
    if failed > 0 {
        std::process::exit(1);
    }
}

struct Report {
    kernel: String,
    /// `None` where no model implements the kernel.
    held: Option<usize>,
    failures: Vec<String>,
}

fn check_file(file: &Path) -> Result<Report, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let root: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    let kernel = root["kernel"].as_str().ok_or_else(|| format!("{}: no kernel", file.display()))?;
    let Some(run) = kernels::lookup(kernel) else {
        return Ok(Report { kernel: kernel.to_owned(), held: None, failures: Vec::new() });
    };
    let (mut held, mut failures) = (0, Vec::new());
    for case in root["cases"].as_array().ok_or_else(|| format!("{}: no cases", file.display()))? {
        let id = case["id"].as_str().unwrap_or("?");
        let outcome = run(&Case::new(case)).and_then(|got| compare(case, &got));
        match outcome {
            Ok(()) => held += 1,
            Err(sentence) => failures.push(format!("{id}: {sentence}")),
        }
    }
    Ok(Report { kernel: kernel.to_owned(), held: Some(held), failures })
}

fn compare(case: &Value, got: &[(&'static str, Tensor)]) -> Result<(), String> {
    let (rtol, atol) = (case["rtol"].as_f64().unwrap_or(0.0), case["atol"].as_f64().unwrap_or(0.0));
    let expect = case["expect"].as_object().ok_or("no expectations")?;
    for (name, value) in expect {
        let want = Tensor::read(value)?;
        let Some((_, got)) = got.iter().find(|(n, _)| n == name) else {
            return Err(format!("the model gives no {name}"));
        };
        if got.shape != want.shape {
            return Err(format!("{name} has shape {:?}, expected {:?}", got.shape, want.shape));
        }
        for (i, (g, w)) in got.data.iter().zip(&want.data).enumerate() {
            let near = if want.whole { g == w } else { (g - w).abs() <= atol + rtol * w.abs() };
            if !near {
                return Err(format!("{name}[{i}] is {g}, expected {w} (rtol {rtol}, atol {atol})"));
            }
        }
    }
    Ok(())
}
