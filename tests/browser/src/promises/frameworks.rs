//! The element in the frameworks that the guide has examples for: these very examples, read from its page, in the
//! frameworks as npm has them.

use std::path::PathBuf;
use std::process::Command;

use browser_tests::server::NOBODY;
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, fail, hold, setting};
use serde_json::{Value as Json, json};

use crate::Stage;

/// What the guide writes: the page of plain HTML, and what follows each framework's name.
const EXAMPLES: &str = "const [html, frameworks] = [...document.querySelectorAll('#element ~ pre')].map((pre) => pre.textContent); \
     const parts = frameworks.split(/^\\/\\/ (\\w+).*\\n/m).slice(1); \
     return { html, ...Object.fromEntries([0, 2, 4].map((i) => [parts[i], parts[i + 1]])) }";

/// What a page around has: `go` sets the state, `told` is the handler, `leave` takes the figure away.
const AROUND: &str = r#"<!DOCTYPE html><html><body><div id="root"></div>
<script>inside = () => document.querySelector("tinkerable-figure")?.shadowRoot?.querySelector("iframe")?.contentDocument;
heard = []; told = ({ detail }) => heard.push(detail.values.n_features)</script>
"#;

const HTML: &str = r#"{example}
<script>
const figure = document.querySelector("tinkerable-figure");
figure.addEventListener("change", told);
go = (state) => Object.entries(state).forEach(([name, value]) => figure.setAttribute(name, value));
leave = () => figure.remove();
</script>"#;

/// React has its packages for Node.js only, whose `require` is this.
const REACT: &str = r#"<script>
const FILES = { react: "react/cjs/react", scheduler: "scheduler/cjs/scheduler", "react-dom": "react-dom/cjs/react-dom",
  "react-dom/client": "react-dom/cjs/react-dom-client" };
const modules = {};
const require = (name) => {
  if (!modules[name]) {
    modules[name] = {};
    const request = new XMLHttpRequest();
    request.open("GET", `{origin}/packages/${FILES[name]}.production.js`, false);
    request.send();
    new Function("require", "exports", request.responseText)(require, modules[name]);
  }
  return modules[name];
};
const React = require("react");
function App() {
  const [{ theme, n_features: features }, set] = React.useState({ theme: "dark", n_features: 8 });
  go = set;
  return {example};
}
const root = require("react-dom/client").createRoot(document.getElementById("root"));
root.render(React.createElement(React.StrictMode, null, React.createElement(App)));
leave = () => root.unmount();
</script>"#;

const VUE: &str = r##"<script type="module">
import { createApp, reactive, toRefs } from "{origin}/packages/vue/dist/vue.esm-browser.prod.js";
const state = reactive({ theme: "dark", features: 8 });
const app = createApp({ setup: () => ({ ...toRefs(state), told }), template: {example} });
app.config.compilerOptions.isCustomElement = (tag) => tag === "tinkerable-figure";
app.mount("#root");
window.go = ({ theme, n_features: features }) => Object.assign(state, { theme, features });
window.leave = () => app.unmount();
</script>"##;

/// What a bundler knows of Svelte's packages is a map here.
const SVELTE: &str = r##"<script type="importmap">{ "imports": {
  "svelte": "{packages}/svelte/src/index-client.js",
  "svelte/internal/": "{packages}/svelte/src/internal/",
  "svelte/internal/client": "{packages}/svelte/src/internal/client/index.js",
  "svelte/internal/disclose-version": "{packages}/svelte/src/internal/disclose-version.js",
  "#client/constants": "{packages}/svelte/src/internal/client/constants.js",
  "clsx": "{packages}/clsx/dist/clsx.mjs",
  "esm-env": "{packages}/esm-env/index.js",
  "esm-env/browser": "{packages}/esm-env/true.js",
  "esm-env/development": "{packages}/esm-env/false.js",
  "esm-env/node": "{packages}/esm-env/false.js"
} }</script>
<script src="{packages}/svelte/compiler/index.js"></script>
<script type="module">
const source = `<script>
  let theme = $state("dark"), features = $state(8);
  window.go = (state) => ({ theme, n_features: features } = state);
<\/script>` + {example};
const { code } = svelte.compile(source, { name: "App" }).js;
const file = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
const [{ default: App }, { mount, unmount }] = await Promise.all([import(file), import("svelte")]);
const app = mount(App, { target: document.getElementById("root") });
window.leave = () => unmount(app);
</script>"##;

pub async fn the_guides_examples_run_in_their_frameworks(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.visit("embed/").await?;
    let examples = session.ask(EXAMPLES, Json::Null).await?;
    for (name, page) in [("html", HTML), ("React", REACT), ("Vue", VUE), ("Svelte", SVELTE)] {
        let Some(example) = examples[name].as_str().map(str::trim) else {
            return fail(format!("the guide has no example for {name}: {examples}"));
        };
        // The element's script after the framework has begun, and before it, where `false` holds as well.
        let early = example.replace("play={0}", "play={false}").replace(":play=\"0\"", ":play=\"false\"");
        for (example, is_early) in [(example, false), (&early, true)] {
            let example = match name {
                "html" if is_early => continue,
                "html" => example.replace("https://…", &session.origin),
                "React" => compiled(example)?,
                // A text of JavaScript.
                _ => json!(example).to_string().replace("</", "<\\/"),
            };
            let page = page.replace("{example}", &example).replace("{packages}", "{origin}/packages");
            let runs = async {
                open(session, &page, is_early).await?;
                lives(session, if name == "html" { "playing" } else { "paused" }).await
            };
            if let Err(Failure(why)) = runs.await {
                return fail(format!("{name}: {why}; {:?}", session.complaints().await?));
            }
        }
    }
    Ok(())
}

/// What TypeScript makes of JSX.
fn compiled(example: &str) -> Outcome<String> {
    let folder = std::env::temp_dir().join(format!("tinkerable-jsx-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("page.tsx"), example)?;
    let tsc = PathBuf::from(setting("TINKERABLE_PACKAGES")?).join("typescript/bin/tsc");
    let asked =
        ["--ignoreConfig", "--noCheck", "--target", "esnext", "--jsx", "react", "--outDir", ".", "page.tsx"];
    let output = Command::new("node").arg(tsc).args(asked).current_dir(&folder).output()?;
    hold(output.status.success(), || format!("TypeScript: {}", String::from_utf8_lossy(&output.stdout)))?;
    let compiled = std::fs::read_to_string(folder.join("page.js"))?;
    std::fs::remove_dir_all(folder)?;
    Ok(compiled.trim().trim_start_matches("\"use strict\";").trim().trim_end_matches(';').to_owned())
}

async fn open(session: &Session, page: &str, is_early: bool) -> Outcome {
    session.visit(NOBODY).await?;
    // What other pages left in the log.
    session.complaints().await?;
    let element = async || {
        let script = format!("{}/tinkerable-embed.js", session.origin);
        session.ask("return import(a).then(() => true)", script).await
    };
    if is_early {
        element().await?;
    }
    let html = format!("{AROUND}{page}").replace("{origin}", &session.origin);
    session.ask("document.open(); document.write(a); document.close();", html).await?;
    session.until("it stands in the page", "return !!document.querySelector('tinkerable-figure')").await?;
    element().await?;
    Ok(())
}

/// Whether the figure of a page lives with it.
async fn lives(session: &Session, state: &str) -> Outcome {
    let alive =
        "return !!window.go && !!window.leave && !!inside()?.documentElement?.hasAttribute('data-live')";
    session.until("it is alive", alive).await?;
    let is = "return inside().querySelector('[data-sim]').dataset.state === a";
    session.until_of(&format!("it is {state}"), is, state).await?;
    let now = "const page = inside(); \
               return [page.querySelector('[name=n_features]').value, page.documentElement.dataset.theme, heard]";
    let first = session.ask(now, Json::Null).await?;
    hold(first == json!(["8", "dark", []]), || format!("at first: {first}"))?;

    for (theme, features, heard) in [("light", 6, json!(["6"])), ("dark", 5, json!(["6", "5"]))] {
        session.ask("go(a)", json!({ "theme": theme, "n_features": features })).await?;
        let told = heard.as_array().map(Vec::len);
        session.until_of("the handler is told", "return heard.length >= a", told).await?;
        let then = session.ask(now, Json::Null).await?;
        hold(then == json!([features.to_string(), theme, heard]), || format!("of {features}: {then}"))?;
    }
    hold(session.is(is, state).await?, || format!("it is {state} no more"))?;

    session.ask("leave()", Json::Null).await?;
    session.until("it is gone", "return !document.querySelector('tinkerable-figure')").await?;
    let mut complaints = session.complaints().await?;
    complaints.retain(|c| !c.contains("favicon"));
    hold(complaints.is_empty(), || format!("{complaints:?}"))
}
