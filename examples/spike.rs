#[cfg(feature = "site")]
fn main() {
    use tinkerable::{lab::palette, topics};
    let t = topics::topic("mixture-of-experts").unwrap();
    let css = std::fs::read_to_string("assets/style.css").unwrap();
    println!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'><title>x</title><link rel=stylesheet href=fonts/fonts.css><style>{}{}</style></head><body><header><a class=site href='./'>Tinkerable</a><nav></nav><button data-action=theme></button></header><main id=page><article><h1>Sparse mixture of experts</h1><p class=lead>A model owns 47 billion parameters.</p>",
        palette::css(palette::Theme::Auto),
        css
    );
    for s in t.simulations {
        println!(
            "<figure class=simulation>{}<figcaption>Caption here.</figcaption></figure><p>Text <span class=scrub data-control='{}.n_experts' tabindex=0>8</span></p>",
            tinkerable::web::widget_html(t, s),
            s.id
        );
    }
    println!(
        "</article></main><script type=module>import init from './page.js'; const b = await init(); window.wasmBindings = b;</script></body></html>"
    );
}
#[cfg(not(feature = "site"))]
fn main() {}
