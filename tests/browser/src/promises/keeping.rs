//! Wrong addresses, what the site's policy forbids, and the site without a network.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use browser_tests::session::Session;
use browser_tests::{Outcome, hold, server};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::Stage;

pub async fn a_wrong_address_leads_to_the_nearest_right_ones(stage: &mut Stage) -> Outcome {
    const NEAREST: &str =
        "return [...document.querySelectorAll('[data-nearest] a')].map((a) => a.pathname).join()";
    let session = &stage.session;
    for (asked, meant) in [
        ("atention/", "/attention/"),
        ("some/where/deep/atention", "/attention/"),
        ("glosary/", "/guide/glossary/"),
        ("embed/attention/flash-tile/", "/embed/attention/flash-tiles/"),
    ] {
        session.visit(asked).await?;
        session
            .until(&format!("/{asked} leads on"), "return !!document.querySelector('[data-nearest] a')")
            .await?;
        let nearest = session.text(NEAREST, Json::Null).await?;
        hold(nearest.split(',').next() == Some(meant), || format!("/{asked} leads to {nearest}"))?;
        let named =
            session.text("return document.querySelector('[data-asked]').textContent", Json::Null).await?;
        hold(named.contains(asked), || format!("/{asked} is not named: {named}"))?;
        // Styled at any depth.
        let list = "return getComputedStyle(document.querySelector('.gallery')).display";
        let list = session.text(list, Json::Null).await?;
        hold(list == "grid", || format!("the list at /{asked} is {list}"))?;
    }
    session.click("[data-nearest] a").await?;
    session
        .until("the link leads there", "return location.pathname === '/embed/attention/flash-tiles/'")
        .await?;
    session.visit("nothing-like-it").await?;
    session.until("the page is whole", "return document.readyState === 'complete'").await?;
    let none = session.is("return !document.querySelector('[data-nearest]')", Json::Null).await?;
    hold(none, || "something is near to nothing-like-it".to_owned())
}

/// Under the policy of `_headers` what somebody slips into a page does nothing.
pub async fn nothing_runs_that_the_build_did_not_write(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.open(&stage.pages[0]).await?;
    let slip = "window.broken = []; \
        addEventListener('securitypolicyviolation', (e) => broken.push(e.effectiveDirective)); \
        const add = (name, set) => { \
          const e = document.createElement(name); Object.assign(e, set); document.body.append(e); return e }; \
        add('script', { textContent: 'window.slipped = 1' }); \
        add('script', { src: 'data:text/javascript,window.slipped=2' }); \
        add('style', { textContent: 'main { color: red }' }); \
        const b = add('b', {}); b.setAttribute('onclick', 'window.slipped = 3'); b.click(); \
        add('b', {}).setAttribute('style', 'color: red'); \
        add('iframe', { src: 'data:text/html,x' }); \
        fetch('https://example.org/').catch(() => {});";
    session.ask(slip, Json::Null).await?;
    session.until("the policy speaks", "return window.broken.length >= 7").await?;
    let slipped = session.is("return window.slipped === undefined", Json::Null).await?;
    hold(slipped, || "a script ran that was slipped in".to_owned())?;
    let broken = session.ask("return [...new Set(broken)].sort().join()", Json::Null).await?;
    let wanted = "connect-src,frame-src,script-src-attr,script-src-elem,style-src-attr,style-src-elem";
    hold(broken == wanted, || format!("the policy speaks of {broken}"))
}

/// Waits until the browser keeps the whole site that stands here.
pub async fn kept(session: &Session) -> Outcome {
    let active = "navigator.serviceWorker.ready.then(() => { window.siteIsKept = true }); return true";
    session.ask(active, Json::Null).await?;
    session.until("the site is kept", "return window.siteIsKept === true").await
}

pub async fn the_site_works_without_a_network_after_one_visit(stage: &mut Stage) -> Outcome {
    stage.session.keep_the_site().await?;
    let session = &stage.session;
    session.still().await?;
    session.open(&stage.pages[0]).await?;
    kept(session).await?;
    session.host.set_down(true);
    session.complaints().await?;
    for page in &stage.pages {
        session.open(page).await?;
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("/{page} without a network: {}", complaints.join("; ")))?;
    }
    // Addresses as people type them.
    session.open(&format!("{}?{}.at=3", stage.slugs[0], stage.simulations[0].id)).await?;
    let whole =
        session.is("return location.pathname.endsWith('/') && location.search !== ''", Json::Null).await?;
    hold(whole, || "a folder without its slash is not found without a network".to_owned())?;
    session.visit("atention/").await?;
    session.until("a wrong address leads on", "return !!document.querySelector('[data-nearest] a')").await
}

pub async fn who_saves_data_is_asked_before_the_site_is_kept(stage: &mut Stage) -> Outcome {
    stage.session.keep_the_site().await?;
    stage
        .session
        .before_pages("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        .await?;
    let session = &stage.session;
    session.open("attention/").await?;
    session.until("it is offered", "return !!document.querySelector('footer [data-keep] button')").await?;
    session
        .ask(
            "navigator.serviceWorker.getRegistrations().then((all) => { window.registered = all.length })",
            Json::Null,
        )
        .await?;
    session.until("nothing is kept by itself", "return window.registered === 0").await?;
    session.click("footer [data-keep] button").await?;
    session
        .until(
            "it is said when all is there",
            "return document.querySelector('[data-keep]').textContent.includes('All pages are kept')",
        )
        .await?;
    session.host.set_down(true);
    session.open("guide/").await?;
    let again = session.is("return !!document.querySelector('[data-keep]')", Json::Null).await?;
    hold(!again, || "what is kept is offered again".to_owned())
}

/// Gives a file of the site another text, and the worker the new digest, under another version.
fn publish(site: &Path, file: &str, change: [&str; 2], honest: bool) -> Outcome {
    let path = site.join(file);
    let old = fs::read_to_string(&path)?;
    let new = old.replace(change[0], change[1]);
    fs::write(&path, &new)?;
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    let worker = fs::read_to_string(site.join("sw.js"))?;
    let told = if honest { digest(&new) } else { digest("half of it is still on its way") };
    let worker = worker.replace(&digest(&old), &told).replace("VERSION = \"", "VERSION = \"x");
    fs::write(site.join("sw.js"), worker)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, to) = entry.map(|e| (e.path(), to.join(e.file_name())))?;
        if entry.is_dir() {
            copy(&entry, &to)?;
        } else {
            fs::copy(&entry, &to)?;
        }
    }
    Ok(())
}

pub async fn an_update_never_mixes_two_versions(stage: &mut Stage) -> Outcome {
    const LOOK: &str = "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => 0, () => 0); return true";
    const WAITS: &str = "navigator.serviceWorker.getRegistration().then((r) => { window.waits = !!r.waiting }); \
                         return window.waits === true";
    const GUIDE: &str = "guide/index.html";
    let site = std::env::temp_dir().join(format!("tinkerable-site-{}", std::process::id()));
    copy(&stage.session.dist, &site)?;
    let host = server::start(site.clone(), None)?;
    stage.session.keep_the_site().await?;
    let session = &stage.session;
    let open = async |path: &str| -> Outcome {
        session.driver.goto(format!("{}/{path}", host.origin)).await?;
        session.alive().await
    };
    let heading = async || session.text("return document.querySelector('h1').textContent", Json::Null).await;
    open("guide/").await?;
    kept(session).await?;

    // Two pages of the first version are open: neither is given the second.
    let first = session.driver.window().await?;
    let second = session.driver.new_tab().await?;
    session.driver.switch_to_window(second).await?;
    open("guide/").await?;
    session.driver.switch_to_window(first.clone()).await?;
    open("guide/").await?;
    publish(&site, GUIDE, [">Field guide</h1>", ">Second guide</h1>"], true)?;
    session.ask(LOOK, Json::Null).await?;
    session.until("the second version waits", WAITS).await?;
    open("guide/").await?;
    let shown = heading().await?;
    hold(shown == "Field guide", || format!("{shown} while another page of the first version is open"))?;

    // One alone moves on, whole, to the second, and from then on reads it without a network.
    session
        .driver
        .switch_to_window(
            session
                .driver
                .windows()
                .await?
                .into_iter()
                .find(|w| *w != first)
                .unwrap_or_else(|| first.clone()),
        )
        .await?;
    session.driver.close_window().await?;
    session.driver.switch_to_window(first).await?;
    open("guide/").await?;
    session
        .until("the second version", "return document.querySelector('h1')?.textContent === 'Second guide'")
        .await?;
    host.set_down(true);
    open("guide/").await?;
    hold(heading().await? == "Second guide", || "the second version is not kept".to_owned())?;
    host.set_down(false);

    // A third that is only half there is not taken.
    publish(&site, GUIDE, [">Second guide</h1>", ">Half a guide</h1>"], false)?;
    let failed = "navigator.serviceWorker.getRegistration().then((r) => { \
        r.addEventListener('updatefound', () => r.installing.addEventListener('statechange', (e) => { window.state = e.target.state })); \
        return r.update() }).catch(() => {}); return true";
    session.ask(failed, Json::Null).await?;
    session.until("the half version is refused", "return window.state === 'redundant'").await?;
    open("guide/").await?;
    let shown = heading().await?;
    hold(shown == "Second guide", || format!("half a version is shown: {shown}"))?;
    fs::remove_dir_all(&site)?;
    Ok(())
}
