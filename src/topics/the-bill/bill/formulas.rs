//! Formulas of the bill's readouts, put together from terms that several have: equations of
//! `models::answer_bill`, whose letters are in its head. What has a quote behind it is written by that name.

use crate::lab::schema::readout::terms;

// Sizes of the models, in the order of their options.
terms! {
    layers = "(pick(model, 32, 80, 48, 61, 32, layers))'layers'";
    width = "(pick(model, 4096, 8192, 2048, 7168, 4096, width))'width'";
    heads = "(pick(model, 32, 64, 32, 128, 32, heads))'query heads'";
    key_heads = "(if(model = deepseek, 128, if(kv_heads > 0, divisor(", heads!(), ", kv_heads), pick(model, 8, 8, 4, 128, 8, divisor(heads, 8)))))'key heads'";
    head_width = "(pick(model, 128, 128, 128, 128, 128, head_dim))'head width'";
    expert_width = "(pick(model, 14336, 28672, 768, 2048, 14336, expert_width))'expert width'";
    experts = "(pick(model, 8, 1, 128, 256, 16, experts))'experts of a layer'";
    chosen = "(if(sparse = on, pick(model, 2, 1, 8, 8, 2, min(top_k, experts)), pick(model, 8, 1, 128, 256, 16, experts)))'experts of a token'";
    vocabulary = "(pick(model, 32000, 128256, 151936, 129280, 65536, vocab))'vocabulary'";
    dense_layers = "pick(model, 0, 0, 0, 3, 16, 0)";
    sparse_layers = "(", layers!(), " - ", dense_layers!(), ")'layers with experts'";
    states = "(pick(model, 0, 0, 0, 0, 28, min(round(ssm_share * layers), layers - round(window_share * layers))))'layers with a state'";
    attending = "(", layers!(), " - ", states!(), ")'layers that attend'";
    windowed = "(min(round(window_share * ", layers!(), "), ", attending!(), "))'layers with a window'";
    unbounded = "(", attending!(), " - ", windowed!(), ")'layers that attend to all'";
}

// Parameters.
terms! {
    attention = "(if(model = deepseek, 187105280, 2 * ", width!(), " * ", head_width!(), " * (", heads!(), " + ", key_heads!(), ")))'attention of a layer'";
    in_experts = "(", sparse_layers!(), " * 3 * ", width!(), " * ", expert_width!(), " * ", experts!(), ")'parameters in experts'";
    in_matrices = "(", attending!(), " * ", attention!(),
        " + ", states!(), " * (6.25 * ", width!(), " ^ 2 + 64 * ", width!(), ")",
        " + pick(model, 0, 0, 0, 3, 16, 0) * 3 * ", width!(), " * pick(model, 0, 0, 0, 18432, 14336, 0)",
        " + pick(model, 0, 0, 0, 1, 0, shared) * ", sparse_layers!(), " * 3 * ", width!(), " * ", expert_width!(),
        ")'in other matrices'";
    in_fine = "(2 * ", vocabulary!(), " * ", width!(),
        " + if(", experts!(), " > 1, ", sparse_layers!(), " * ", width!(), " * ", experts!(), ", 0)",
        " + (2 * ", layers!(), " + 1) * ", width!(),
        " + pick(model, 0, 0, 0, 2048, 0, 0) * ", attending!(),
        " + ", states!(), " * (46 * ", width!(), " + pick(model, 0, 0, 0, 0, 288, 0)))'in vocabulary, routers and norms'";
    crossing = "(if(retrieval = retro, if(neighbours > 0, floor(", layers!(), " / 3), 0), 0))'layers added to read neighbours'";
    across = crossing!(), " * ", attention!();
    tuned = "(if(adapters > 0, ", attending!(), " * rank * if(model = deepseek, 99392, 4 * ", width!(), " + 2 * ", head_width!(), " * (", heads!(), " + ", key_heads!(), ")), 0))'numbers of an adapter'";
}

// What is served with it.
terms! {
    before = "(prompt + if(retrieval = prompt, 128 * neighbours, 0))'tokens before the answer'";
    context = "(", before!(), " + answer / 2)'tokens attended to'";
    sequences = "(batch * samples)'sequences'";
    gained = "((1 - accept ^ (spec + 1)) / (1 - accept))'tokens of a step'";
    weight_bytes = "(if(wbits = 4, 4.127'bits with scales', wbits) / 8)'bytes of a weight'";
    key_bytes = "(if(model = deepseek, 576, 2 * ", key_heads!(), " * ", head_width!(), ") * kvbits / 8)'bytes of a token in a layer'";
    carried = "(80 * ", width!(), " * ", states!(), ")'bytes of a state'";
    found = "(128 * neighbours * ", crossing!(), " * ", key_bytes!(), ")'bytes of neighbours'";
    memory = "(pick(device, 80, 141, memory))'memory of a device'";
    bandwidth = "(pick(device, 3350, 4800, bandwidth) * 1e9 * devices)'bytes read a second'";
    speed = "(pick(device, 989.4, 989.4, flops) * 1e12 * devices)'operations a second'";
    narrow = "if(wbits = 8, 2'twice the speed in 8 bits', 1)";
    constant_bytes = "((", in_matrices!(), " + ", across!(), ") * ", weight_bytes!(), " + 2 * ", in_fine!(), ")'bytes of other weights'";
    expert_bytes = "(", in_experts!(), " * ", weight_bytes!(), ")'bytes of experts'";
    drafted = "(draft * (owned * 1e9 - ", across!(), "))'parameters of the draft'";
}

// Operations for a token.
terms! {
    in_products = "(2 * (active * 1e9 - ", vocabulary!(), " * ", width!(), " + ", tuned!(), ") + 8 * neighbours * ", crossing!(), " * ", width!(), " * ", key_heads!(), " * ", head_width!(), ")'operations of matrices'";
    pair = "if(model = deepseek, 278528, 4 * ", heads!(), " * ", head_width!(), ")";
    in_states = "288 * ", width!(), " * ", states!();
    in_crossing = pair!(), " * ", crossing!(), " * 128 * neighbours";
    in_attention = "(", pair!(), " * (", unbounded!(), " * ", context!(), " + ", windowed!(), " * min(", context!(), ", window)) + ", in_states!(), " + ", in_crossing!(), ")'operations of attention'";
    near = "min(", before!(), ", window)";
    in_prompt = "(if(model = deepseek, 81920, 4 * ", heads!(), " * ", head_width!(), ") * (", unbounded!(), " * ", before!(), " ^ 2 / 2 + ", windowed!(), " * (", before!(), " * ", near!(), " - ", near!(), " ^ 2 / 2)) + (", in_states!(), " + ", in_crossing!(), ") * ", before!(), ")'operations of the prompt in attention'";
}

pub const OWNED: &str =
    concat!("(", in_experts!(), " + ", in_matrices!(), " + ", in_fine!(), " + ", across!(), ") / 1e9");
pub const ACTIVE: &str =
    concat!("owned - ", in_experts!(), " * (1 - ", chosen!(), " / ", experts!(), ") / 1e9");
pub const RESIDENT: &str = concat!(
    "(",
    expert_bytes!(),
    " + ",
    constant_bytes!(),
    " + 2 * ",
    drafted!(),
    " + 2 * adapters * ",
    tuned!(),
    ") / 1e9 + cache_gb"
);
pub const FITS: &str = concat!("if(resident_gb <= 0.9'usable' * devices * ", memory!(), ", 1, 0)");
pub const READ: &str = concat!(
    "((1 - (1 - ",
    chosen!(),
    " / ",
    experts!(),
    ") ^ (",
    sequences!(),
    " * (spec + 1)))'share of experts touched' * ",
    expert_bytes!(),
    " + ",
    constant_bytes!(),
    " + ",
    sequences!(),
    " * (",
    key_bytes!(),
    " * (",
    unbounded!(),
    " * ",
    context!(),
    " + ",
    windowed!(),
    " * min(",
    context!(),
    ", window)) + ",
    found!(),
    " + 2 * ",
    carried!(),
    ") + 2 * ",
    tuned!(),
    " * min(adapters, batch)) / (",
    sequences!(),
    " * ",
    gained!(),
    ") / 1e9"
);
pub const OPERATIONS: &str =
    concat!("(spec + 1) / ", gained!(), " * (", in_products!(), " + ", in_attention!(), ") / 1e9");
pub const PREFILL: &str = concat!(
    "if(",
    before!(),
    " > 0, max(((1 - (1 - ",
    chosen!(),
    " / ",
    experts!(),
    ") ^ (batch * ",
    before!(),
    "))'share of experts touched' * ",
    expert_bytes!(),
    " + ",
    constant_bytes!(),
    " + batch * (",
    key_bytes!(),
    " * (",
    unbounded!(),
    " * ",
    before!(),
    " + ",
    windowed!(),
    " * ",
    near!(),
    ") + ",
    carried!(),
    ") + 2 * ",
    tuned!(),
    " * min(adapters, batch)) / ",
    bandwidth!(),
    ", batch * (",
    in_products!(),
    " / ",
    narrow!(),
    " * ",
    before!(),
    " + ",
    in_prompt!(),
    ") / ",
    speed!(),
    "), 0)"
);
pub const SPEED: &str = concat!(
    gained!(),
    " / (max(read_gb * 1e9 * ",
    sequences!(),
    " * ",
    gained!(),
    " / ",
    bandwidth!(),
    ", ",
    sequences!(),
    " * (spec + 1) * (",
    in_products!(),
    " / ",
    narrow!(),
    " + ",
    in_attention!(),
    ") / ",
    speed!(),
    ") + spec * max(2 * ",
    drafted!(),
    " / ",
    bandwidth!(),
    ", 2 * ",
    drafted!(),
    " * ",
    sequences!(),
    " / ",
    speed!(),
    "))"
);
pub const KEPT_SPEED: &str = concat!(
    "batch * answer / (prefill_s + decode_s + (judge * batch * (",
    before!(),
    " + samples * answer) * 2 * (active * 1e9 - ",
    across!(),
    ") / (",
    speed!(),
    " * ",
    narrow!(),
    "))'seconds of the judge')"
);
pub const JOULES: &str = "1e3'tokens' * devices * pick(device, 700'W', 700'W', watts) * pue / whole_tok_s";
pub const CACHE_TOKEN: &str = concat!(unbounded!(), " * ", key_bytes!(), " / 1e3");
pub const CACHE: &str = concat!(
    "(",
    key_bytes!(),
    " * (",
    unbounded!(),
    " * (batch * ",
    before!(),
    " + answer * ",
    sequences!(),
    ")'tokens of all' + ",
    windowed!(),
    " * min((batch * ",
    before!(),
    " + answer * ",
    sequences!(),
    ")'tokens of all', window * ",
    sequences!(),
    ")) + ",
    sequences!(),
    " * (",
    found!(),
    " + ",
    carried!(),
    ")) / 1e9"
);
// In whole bytes: rounded down, a rounding would tell.
pub const LONGEST: &str = concat!(
    "floor(max(0, 0.9'usable' * devices * ",
    memory!(),
    " * 1e9 - (",
    expert_bytes!(),
    " + ",
    constant_bytes!(),
    " + 2 * ",
    drafted!(),
    " + 2 * adapters * ",
    tuned!(),
    ")'bytes of all weights' - batch * (",
    key_bytes!(),
    " * ",
    windowed!(),
    " * window + ",
    carried!(),
    " + ",
    found!(),
    ")) / (batch * ",
    unbounded!(),
    " * ",
    key_bytes!(),
    "))"
);
