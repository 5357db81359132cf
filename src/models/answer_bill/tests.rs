use super::*;
use crate::power_ledger::watt_hours;
use crate::sequence_costs;
use crate::tuning_cost::{LLAMA_3_70B, Targets};

const GUESSING: Setting = Setting { guesses: 4, ..PLAIN };

fn close(name: &str, ours: f64, want: f64, within: f64) {
    assert!((ours / want - 1.0).abs() <= within, "{name}: {ours} against {want}");
}

/// Known result: owned, active, bytes of cache a token, GB of weights in 16, 8 and 4 bits.
#[test]
fn shapes_have_their_sizes() {
    type Row = (&'static str, Model, u64, u64, u64, [f64; 3]);
    let rows: [Row; 5] = [
        ("Mixtral", MIXTRAL, 46_702_792_704, 12_879_925_248, 131_072, [93.406, 46.966, 24.484]),
        ("Llama", LLAMA_70B, 70_553_706_496, 70_553_706_496, 327_680, [141.107, 72.656, 39.518]),
        ("Qwen3", QWEN3_30B, 30_532_110_336, 3_353_020_416, 98_304, [61.064, 31.167, 16.693]),
        ("DeepSeek", DEEPSEEK_V3, 671_026_404_352, 37_552_282_624, 70_272, [1342.053, 672.987, 349.076]),
        ("Jamba", JAMBA, 51_570_323_328, 12_110_311_296, 16_384, [103.141, 52.114, 27.410]),
    ];
    for (name, model, owned, active, cache, gigabytes) in rows {
        let counts = model.counts();
        assert_eq!([counts.owned(), counts.active()], [owned, active], "{name}");
        assert_eq!(model.cache(model.unbounded(), 16).bytes_per_token(), cache, "{name}");
        for (bits, want) in [16, 8, 4].into_iter().zip(gigabytes) {
            let held = Setting { model, weight_bits: bits, ..PLAIN }.bill().held;
            close(name, held[..3].iter().sum::<f64>() / 1e9, want, 5e-5);
        }
    }
    assert_eq!(JAMBA.carried(), 9_175_040.0);
}

/// Known result: the brief's table of totals.
#[test]
fn totals_are_those_of_the_table() {
    let llama = Setting { model: LLAMA_70B, ..PLAIN };
    let qwen = Setting { model: QWEN3_30B, devices: 1, ..PLAIN };
    let jamba = Setting { model: JAMBA, devices: 1, weight_bits: 8, ..PLAIN };
    let deepseek = Setting { model: DEEPSEEK_V3, device: H200, devices: 8, weight_bits: 8, ..PLAIN };
    let house = Setting { devices: 8, batch: 64, ..llama };
    let hundredfold = Setting { weight_bits: 8, cache_bits: 8, batch: 64, ..qwen };
    let rows: [(&str, Setting, [f64; 8], u64); 8] = [
        ("Mixtral", PLAIN, [93.741, 26.0618, 26.706, 0.02695, 257.08, 5519.4, 1.533, 0.0], 386_004),
        ("hero", GUESSING, [93.741, 21.5088, 39.722, 0.02695, 311.50, 4568.1, 1.269, 0.0], 386_004),
        ("Llama", llama, [141.946, 141.862, 145.046, 0.14665, 47.23, 30_043.9, 8.346, 0.0], 8_827),
        ("Qwen3", qwen, [61.316, 6.9325, 7.896, 0.01829, 483.23, 1473.6, 0.409, 0.0], 111_244),
        ("Jamba", jamba, [52.165, 12.7099, 23.868, 0.02472, 263.57, 2689.6, 0.747, 0.0], 1_213_197),
        ("DeepSeek", deepseek, [673.167, 39.6750, 112.397, 0.01753, 967.86, 5977.7, 1.660, 0.0], 4_869_831),
        ("house", house, [194.795, 2.9598, 145.046, 2.34633, 141.48, 1019.4, 0.283, 0.0], 20_737),
        ("hundredfold", hundredfold, [39.220, 0.5930, 7.896, 0.5097, 88.28, 134.8, 0.0374, 0.0], 12_980),
    ];
    // Half of the last digit that the table has.
    let within: [f64; 7] = [5e-4, 5e-5, 5e-4, 5e-6, 5e-3, 0.05, 5e-4];
    let mut failed = Vec::new();
    for (name, setting, want, longest) in rows {
        let bill = setting.bill();
        let [read, flops] = bill.per_token();
        let ours = [
            bill.resident() / 1e9,
            read / 1e9,
            flops / 1e9,
            bill.prefill,
            bill.speed(),
            bill.joules,
            watt_hours(bill.joules),
        ];
        for i in 0..7 {
            if (ours[i] - want[i]).abs() > within[i].max(1e-4 * want[i]) {
                failed.push(format!("{name} {i}: {} against {}", ours[i], want[i]));
            }
        }
        if bill.longest != Some(longest) {
            failed.push(format!("{name}: longest {:?} against {longest}", bill.longest));
        }
        assert!(bill.fits(), "{name}");
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn other_anchors_hold() {
    let keys =
        |key_value_heads| Model { shape: Architecture { key_value_heads, ..LLAMA_70B.shape }, ..LLAMA_70B };
    assert_eq!(keys(64).counts().owned(), 79_948_947_456);
    let adapters = |model| Setting { model, adapters: 100, ..PLAIN }.bill().held[4] / 1e9;
    close("Llama's adapters", adapters(LLAMA_70B), 13.107, 1e-4);
    close("Mixtral's adapters", adapters(MIXTRAL), 2.726, 2e-4);
    let found = |neighbours, retrieval| {
        Setting { model: LLAMA_70B, devices: 4, neighbours, retrieval, ..PLAIN }.bill().joules
    };
    close("no neighbours", found(0, Retrieval::Prompt), 30_043.9, 1e-4);
    close("in the prompt", found(40, Retrieval::Prompt), 31_463.4, 1e-4);
    close("RETRO", found(40, Retrieval::Cross), 32_030.5, 1e-4);
    let book = Setting { model: LLAMA_70B, devices: 1, prompt: 131_072, weight_bits: 4, ..PLAIN };
    close("a book", book.bill().prefill, 41.2, 2e-3);
}

/// Known result: the example that the article reckons by hand.
#[test]
fn by_hand_as_on_the_page() {
    let counts = MIXTRAL.counts();
    close("fixed", (counts.owned() - counts.experts) as f64 / 1e9, 1.606, 1e-3);
    let bill = PLAIN.bill();
    close("experts", bill.read[0] / 1e9, 22.55, 1e-3);
    close("step", bill.step * 1e3, 3.89, 1e-3);
    let [reading, computing] = bill.sides();
    close("arithmetic", reading / computing, 288.0, 2e-3);
    close("touched", GUESSING.touched(5), 0.763, 1e-3);
    let five = GUESSING.bill();
    close("five", five.step * 1e3, 10.79, 1e-3);
    close("gained", five.gained, 3.36, 1e-3);
    close("gain", bill.decode / five.decode, 1.21, 3e-3);
}

/// Known result: savings do not multiply.
#[test]
fn two_levers_sell_the_same_bytes() {
    let (alone, together) = GUESSING.savings();
    close("sparse", alone[0], 3.60, 2e-3);
    close("guessing", alone[1], 3.26, 2e-3);
    close("promised", alone.iter().product(), 11.7, 5e-3);
    close("billed", together, 4.34, 2e-3);
}

fn near(ours: f64, want: f64, digit: f64) {
    assert!((ours - want).abs() <= digit, "{ours} against {want}");
}

/// Known result: the sweeps that the article lets predict.
#[test]
fn sparse_experts_save_least_in_a_small_crowd() {
    for (batch, want) in [(1, 3.596), (4, 1.477), (16, 1.151), (64, 1.433), (1024, 2.228)] {
        let setting = Setting { batch, devices: 16, ..PLAIN };
        near(Setting { sparse: false, ..setting }.bill().joules / setting.bill().joules, want, 6e-4);
    }
}

#[test]
fn guessing_pays_for_a_crowd_and_hardly_for_one() {
    let gain = |setting: Setting, guesses| {
        Setting { guesses: 0, ..setting }.bill().decode / Setting { guesses, ..setting }.bill().decode
    };
    let dense = Setting { sparse: false, ..PLAIN };
    let crowd = Setting { batch: 32, ..PLAIN };
    let curves = [
        (dense, [1.0, 1.80, 2.44, 3.36, 4.33]),
        (PLAIN, [1.0, 1.09, 1.14, 1.21, 1.30]),
        (crowd, [1.0, 1.80, 2.44, 3.36, 4.33]),
    ];
    for (setting, wants) in curves {
        for (guesses, want) in [0, 1, 2, 4, 8].into_iter().zip(wants) {
            near(gain(setting, guesses), want, 0.0051);
        }
    }
    let deepseek = Setting { model: DEEPSEEK_V3, weight_bits: 8, devices: 16, prompt: 1024, ..PLAIN };
    near(gain(deepseek, 8), 0.944, 6e-4);
    let votes = |setting: Setting| Setting { samples: 8, ..setting }.bill().decode / setting.bill().decode;
    for (model, want) in [(LLAMA_70B, 1.04), (MIXTRAL, 3.29), (QWEN3_30B, 3.62), (DEEPSEEK_V3, 4.20)] {
        near(votes(Setting { model, ..deepseek }), want, 0.0051);
    }
}

/// Known result: rooflines bound what was measured.
#[test]
fn what_was_published_stays_below() {
    let kib = |model: Model, layers: u64| model.cache(layers, 16).bytes_per_token() * 262_144;
    assert_eq!(kib(JAMBA, 4), 4 << 30);
    assert_eq!(kib(MIXTRAL, 32), 32 << 30);
    let whole = |batch: u64| {
        let bill = Setting { model: LLAMA_70B, devices: 4, prompt: 2035, answer: 300, batch, ..PLAIN }.bill();
        batch as f64 * 300.0 / bill.seconds()
    };
    for (batch, ours, measured) in [(1, 92.4, 53.9), (2, 179.8, 102.9), (4, 341.4, 182.5), (8, 620.1, 319.8)]
    {
        close("whole requests", whole(batch), ours, 1e-3);
        assert!(whole(batch) >= measured);
    }
    let small = Model {
        shape: Architecture { layers: 32, width: 4096, heads: 32, expert_width: 14_336, ..LLAMA_70B.shape },
        ..LLAMA_70B
    };
    assert_eq!(small.counts().owned(), 8_030_261_248);
    let eight = Setting { model: small, devices: 1, batch: 64, prompt: 500, answer: 700, ..PLAIN }.bill();
    close("8B", eight.joules / 1e3, 0.0834, 0.001);
    // 0.12 J for a token were measured.
    assert!(eight.joules < 120.0);
    let h800 = |batch: u64| {
        let setting = Setting {
            model: DEEPSEEK_V3,
            weight_bits: 8,
            devices: 144,
            batch: 144 * batch,
            prompt: 4733,
            ..PLAIN
        };
        let bill = setting.bill();
        bill.tokens() / bill.step * 8.0 / 144.0
    };
    // The mean context was 4,989 tokens, and 14,800 tokens a second were reached.
    near(h800(32), 53_963.0, 1.0);
    near(h800(128), 65_205.0, 1.0);
    // TensorRT-LLM 0.5.0 on Llama 2 70B: 2,616 tokens a second.
    let shape = Architecture { vocabulary: 32_000, ..LLAMA_70B.shape };
    let model = Model { shape, ..LLAMA_70B };
    let setting = Setting { model, devices: 4, batch: 64, weight_bits: 8, cache_bits: 8, ..PLAIN };
    let bill = Setting { prompt: 128, answer: 2048, ..setting }.bill();
    close("FP8", 64.0 * 2048.0 / bill.seconds(), 10_393.0, 1e-3);
}

/// Parts are those of their own pages.
#[test]
fn totals_agree_with_the_pages_that_they_come_from() {
    // Of mixture-of-experts: what a batch reads, times two bytes.
    for batch in [1, 4, 17, 64] {
        let bill = Setting { batch, ..PLAIN }.bill();
        close("read", bill.read[0] + bill.read[1], 2.0 * MIXTRAL_8X7B.read(batch as u32), 1e-12);
    }
    // Of attention: the cache of Llama, and the ceiling of decoding.
    let llama = Setting { model: LLAMA_70B, prompt: 131_072 - 256, ..PLAIN };
    let cache = CacheShape { layers: 80, kv_heads: 8, head_dim: 128, half_bytes: 4 };
    let bill = llama.bill();
    close("cache", bill.read[2], cache.bytes(131_072, 1) as f64, 1e-12);
    let ceiling =
        crate::kv_cache::tokens_per_second(2.0 * 3.35e12, bill.read[0] + bill.read[1], bill.read[2], 1);
    close("ceiling", bill.speed(), ceiling, 1e-12);
    // Of efficient fine-tuning: the decoder, its adapters, and NF4.
    let counts = LLAMA_70B.counts();
    assert_eq!(counts.owned(), LLAMA_3_70B.parameters());
    let adapters = Setting { adapters: 7, rank: 8, ..llama }.bill().held[4];
    close("adapters", adapters, 14.0 * LLAMA_3_70B.adapters(8, Targets::Attention) as f64, 1e-12);
    let [frozen, _] = crate::tuning_cost::Tuning::Qlora.memory(&LLAMA_3_70B, 0);
    close("NF4", Setting { weight_bits: 4, ..llama }.bill().held[..3].iter().sum(), frozen, 1e-12);
    // Of state space models: a layer's pairs of tokens, and what blocks carry.
    close(
        "pairs",
        llama.model.prompt_flops(1e6) / 80.0,
        sequence_costs::transformer_flops(8192.0, 1e6) - 24.0 * 8192.0 * 8192.0 * 1e6,
        1e-12,
    );
    close("state", JAMBA.carried(), sequence_costs::state_bytes(14.0, &JAMBA.state()), 1e-12);
    // Of energy-efficient AI: power over speed.
    let alone = Setting { prompt: 0, ..PLAIN }.bill();
    close("joules", alone.joules, joules_per_thousand(1400.0, 1.0, alone.speed()), 1e-12);
}

#[test]
fn corners_are_numbers() {
    let none = Setting { prompt: 0, neighbours: 0, ..PLAIN }.bill();
    assert_eq!((none.prefill, none.prompt[1]), (0.0, 0.0));
    let states = Model { state_layers: 32, ..MIXTRAL };
    let bill = Setting { model: states, ..PLAIN }.bill();
    assert_eq!((bill.longest, bill.read[2]), (None, 0.0));
    assert!(bill.joules.is_finite() && bill.read[3] > 0.0);
    let still = Device { watts: 0.0, ..H100 };
    let (alone, together) = Setting { device: still, guesses: 3, ..PLAIN }.savings();
    assert!(alone.iter().all(|x| *x == 1.0) && together == 1.0);
    // A window as wide as the context is no window.
    let windowed = Model { windowed: 32, window: 1 << 17, ..MIXTRAL };
    let [a, b] = [MIXTRAL, windowed].map(|model| Setting { model, ..PLAIN }.bill());
    assert_eq!((a.read, a.flops, a.prefill), (b.read, b.flops, b.prefill));
    assert_eq!(b.longest, None);
    let narrow = Setting { model: Model { window: 128, ..windowed }, ..PLAIN }.bill();
    close("a narrow window", narrow.read[2], 131_072.0 * 128.0, 1e-12);
}
