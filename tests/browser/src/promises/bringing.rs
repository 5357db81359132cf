//! Data of a reader's own, in the place of what a simulation draws.

use browser_tests::{Outcome, hold};
use serde_json::json;

use crate::Stage;

/// Opens a file in the field for it: [root, name of the control, text].
const OPEN: &str = "const [root, name, text] = a; \
    const row = document.querySelector(`${root} [data-control-row='${name}']`); \
    row.closest('details')?.setAttribute('open', ''); \
    const file = new DataTransfer(); \
    file.items.add(new File([text], 'own.csv', { type: 'text/csv' })); \
    const chosen = row.querySelector('[data-file]'); \
    chosen.files = file.files; \
    chosen.dispatchEvent(new Event('change', { bubbles: true }));";

const SAYS: &str = "return document.querySelector(`${a} [data-control-row=own] [data-says]`).textContent";

/// So many losses of a law that is known: 1.7 + 30/N^(1/4) + 50/D^(1/4).
fn runs(count: usize) -> String {
    let mut text = "loss;parameters;tokens".to_owned();
    for i in 0..count {
        let [n, d] = [(i % 9, 1e6), (i % 7, 2e7)].map(|(k, least)| least * (1 + k * k * k) as f64);
        let loss = 1.7 + 30.0 / n.sqrt().sqrt() + 50.0 / d.sqrt().sqrt();
        text.push_str(&format!("\n{loss:.5};{n:.0};{d:.0}"));
    }
    text
}

pub async fn own_data_are_opened_kept_and_left_out_of_long_links(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    let fit = stage.simulations.iter().find(|s| s.address() == "scaling-laws/fit");
    let Some(simulation) = fit else { return hold(false, || "there is no fit".to_owned()) };
    let root = simulation.root();
    session.open(&simulation.alone(20)).await?;
    session.adopted(&root).await?;
    session
        .until_of("the field is alive", "return document.querySelector(`${a} [name=own]`) !== null", &*root)
        .await?;

    // What cannot be read is named with its place, and the model stays as it is.
    let before = "return document.querySelector(`${a} [data-readout=e_hat]`)?.textContent ?? ''";
    let stood = session.text(before, &*root).await?;
    session.ask(OPEN, json!([root, "own", "parameters,tokens,loss\n1e6,1e7,three"])).await?;
    session.until_of("a fault is told", "return document.querySelector(`${a} [data-control-row=own] [data-says]`).textContent.includes('line 2, column 9')", &*root).await?;
    hold(session.text(before, &*root).await? == stood, || "what cannot be read changes the run".to_owned())?;

    // A short table goes into the address, a long one does not, and the page says so.
    for (count, carried) in [(12, true), (200, false)] {
        let text = runs(count);
        session.ask(OPEN, json!([root, "own", text])).await?;
        session.until_of("the table is read", "return document.querySelector(`${a} [name=own]`).value.length > 100 && document.querySelector(`${a} [data-control-row=own] [data-says]`).textContent === ''", &*root).await?;
        session.click(&format!("{root} [data-action=share]")).await?;
        let link =
            session.text("return document.querySelector(`${a} [data-share-link]`).value", &*root).await?;
        hold(link.contains("own=") == carried, || format!("{count} rows: the link is {link:.200}"))?;
        let said = session
            .text("return document.querySelector(`${a} [data-save-state]`).textContent", &*root)
            .await?;
        hold(said.contains("without your data") != carried, || format!("{count} rows: it says “{said}”"))?;
        session.click(&format!("{root} [data-action=share]")).await?;
    }
    // What no address has is there after a reload, until the tab is closed.
    let field = "return document.querySelector(`${a} [name=own]`).value";
    let long = session.text(field, &*root).await?;
    session.open(&simulation.alone(20)).await?;
    session.adopted(&root).await?;
    session
        .until_of(
            "the table comes back",
            "return document.querySelector(`${a} [name=own]`).value.length > 2000",
            &*root,
        )
        .await?;
    hold(session.text(field, &*root).await? == long, || "another table came back".to_owned())?;
    session.ask("document.querySelector(`${a} [data-control-row=own]`).closest('details')?.setAttribute('open', '')", &*root).await?;
    session.click(&format!("{root} [data-empty]")).await?;
    hold(session.text(SAYS, &*root).await?.is_empty(), || "nothing is no fault".to_owned())?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || format!("{complaints:?}"))
}
