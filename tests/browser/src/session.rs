//! A browser with a driver of its own, looking at the served site.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel};
use tokio::time::sleep;

use crate::fonts::Fonts;
use crate::server::{self, Host};
use crate::{Failure, Outcome, fail, setting};

/// How long a page may take before a test gives it up. Long: a busy machine is no failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// In a browser without workers each page comes from the server, whatever was opened before.
const UNKEPT: &str = "Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined })";

/// One browser window.
pub struct Session {
    pub driver: WebDriver,
    /// What serves the site.
    pub host: Host,
    /// Its origin, `http://127.0.0.1:<port>`.
    pub origin: String,
    pub dist: PathBuf,
    /// What the browser finds on its machine.
    pub fonts: Fonts,
    /// The window that it began with.
    first: WindowHandle,
    chromedriver: Child,
    profile: PathBuf,
    /// Scripts that run before those of each page, to be taken off again.
    early: Vec<String>,
}

impl Session {
    /// Starts server, driver and browser, on a device with these fonts.
    ///
    /// # Errors
    /// If one of them does not start.
    pub async fn start(fonts: Fonts) -> Outcome<Self> {
        let dist = PathBuf::from(setting("TINKERABLE_DIST")?);
        let host = server::start(dist.clone(), std::env::var_os("TINKERABLE_PACKAGES").map(PathBuf::from))?;
        let port_of_host = host.origin.rsplit(':').next().unwrap_or_default();
        let profile =
            std::env::temp_dir().join(format!("tinkerable-browser-{}-{port_of_host}", std::process::id()));
        std::fs::create_dir_all(&profile)?;
        let (chromedriver, port) = chromedriver(&fonts.configure(&profile)?)?;

        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(&setting("CHROME")?)?;
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--disable-sync",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--window-size=1280,900",
        ] {
            wishes.add_arg(flag)?;
        }
        if let Some(flag) = fonts.flag() {
            wishes.add_arg(flag)?;
        }
        wishes.add_arg(&format!("--user-data-dir={}", profile.join("profile").display()))?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes).await?;
        let origin = host.origin.clone();
        let first = driver.window().await?;
        Ok(Self { driver, host, origin, dist, fonts, first, chromedriver, profile, early: Vec::new() })
    }

    /// Ends browser and driver.
    pub async fn close(mut self) {
        // Whatever is gone already need not be ended, and one that does not answer is not waited for.
        let _ = tokio::time::timeout(PATIENCE, self.driver.quit()).await;
        let _ = self.chromedriver.kill();
        let _ = self.chromedriver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }

    /// A desktop window with nothing stored, nothing emulated and an empty page.
    pub async fn reset(&mut self) -> Outcome {
        self.close_others().await?;
        self.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": "", "features": [] })).await?;
        self.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await?;
        self.size(1280, 900).await?;
        self.host.set_down(false);
        self.host.set_fonts_late(false);
        self.host.set_late_after(None);
        self.forget_early().await?;
        self.before_pages(UNKEPT).await?;
        let everything = json!({ "origin": self.origin, "storageTypes": "all" });
        self.cdp("Storage.clearDataForOrigin", everything).await?;
        self.driver.goto("about:blank").await?;
        // What the console said before is no complaint of the next test.
        self.complaints().await?;
        Ok(())
    }

    /// Closes what the site has opened beside the first window, and looks at that one.
    pub async fn close_others(&self) -> Outcome {
        for window in self.driver.windows().await? {
            if window != self.first {
                self.enter_window(&window).await?;
                self.driver.close_window().await?;
            }
        }
        self.enter_window(&self.first).await
    }

    /// Looks at a window from now on.
    pub async fn enter_window(&self, window: &WindowHandle) -> Outcome {
        self.driver.switch_to_window(window.clone()).await?;
        Ok(())
    }

    /// Waits until the site has opened a window beside these, and looks at it from now on.
    pub async fn enter_new_window(&self, known: &[&WindowHandle]) -> Outcome<WindowHandle> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let windows = self.driver.windows().await?;
            if let Some(window) = windows.into_iter().find(|window| !known.contains(&window)) {
                self.enter_window(&window).await?;
                return Ok(window);
            }
            sleep(Duration::from_millis(30)).await;
        }
        fail(format!("waited {} s in vain for a second window", PATIENCE.as_secs()))
    }

    /// A command of the Chrome DevTools Protocol.
    pub async fn cdp(&self, method: &str, parameters: Json) -> Outcome<Json> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// Lets pages have the browser keep the site, until the next test.
    pub async fn keep_the_site(&mut self) -> Outcome {
        self.forget_early().await
    }

    async fn forget_early(&mut self) -> Outcome {
        for script in std::mem::take(&mut self.early) {
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": script })).await?;
        }
        Ok(())
    }

    /// Size of what is seen, in CSS pixels.
    pub async fn size(&self, width: u32, height: u32) -> Outcome {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Media features, `prefers-color-scheme` and `prefers-reduced-motion` say.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> Outcome {
        let features: Vec<Json> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": "", "features": features })).await?;
        Ok(())
    }

    /// Pages start paused from now on, as for readers who asked for less motion: where nothing hangs on it, a
    /// run that goes on beside a test takes most of a processor from the others.
    pub async fn still(&self) -> Outcome {
        self.prefer(&[("prefers-reduced-motion", "reduce")]).await
    }

    /// Runs a script before those of every page to come.
    pub async fn before_pages(&mut self, script: &str) -> Outcome {
        let added = self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        self.early.extend(added["identifier"].as_str().map(str::to_owned));
        Ok(())
    }

    /// Goes to a path of the site (no first slash) and waits for the document only.
    pub async fn visit(&self, path: &str) -> Outcome {
        self.driver.goto(format!("{}/{path}", self.origin)).await?;
        Ok(())
    }

    /// Goes to a path of the site and waits until it is [`alive`](Self::alive).
    pub async fn open(&self, path: &str) -> Outcome {
        self.visit(path).await?;
        self.alive().await.map_err(|Failure(why)| Failure(format!("/{path}: {why}")))
    }

    /// Waits until all of the page is laid out and its simulations, if it has any, are alive.
    pub async fn alive(&self) -> Outcome {
        self.until(
            "the page is alive",
            "return document.readyState === 'complete' \
             && !document.documentElement.hasAttribute('data-unfolding') && (!document.querySelector('[data-sim]') \
             || document.documentElement.hasAttribute('data-live'))",
        )
        .await
    }

    /// Waits until the page has its late letters: slanted ones, and those of the formulas, if it has any.
    pub async fn lettered(&self) -> Outcome {
        let script = "return firstScreen.isDressed() && (!document.querySelector('math') \
                      || [...document.fonts].some((face) => face.family.includes('Math') && face.status === 'loaded'))";
        self.until("the page has its late letters", script).await
    }

    /// Waits until a simulation is alive.
    pub async fn adopted(&self, root: &str) -> Outcome {
        self.scroll_to(root).await?;
        self.until_of(
            "the simulation is alive",
            "return !!document.querySelector(a)?.matches('[data-live]')",
            root,
        )
        .await
    }

    /// The value of a script, which sees its argument as `a`.
    pub async fn ask(&self, script: &str, argument: impl Into<Json>) -> Outcome<Json> {
        let script = format!("const a = arguments[0]; {script}");
        Ok(self.driver.execute(script, vec![argument.into()]).await?.json().clone())
    }

    pub async fn text(&self, script: &str, argument: impl Into<Json>) -> Outcome<String> {
        Ok(self.ask(script, argument).await?.as_str().unwrap_or_default().to_owned())
    }

    pub async fn number(&self, script: &str, argument: impl Into<Json>) -> Outcome<f64> {
        let answer = self.ask(script, argument).await?;
        answer.as_f64().ok_or_else(|| Failure(format!("`{script}` gives {answer} and no number")))
    }

    pub async fn is(&self, script: &str, argument: impl Into<Json>) -> Outcome<bool> {
        Ok(self.ask(script, argument).await? == Json::Bool(true))
    }

    /// Waits until a script gives true.
    pub async fn until(&self, what: &str, script: &str) -> Outcome {
        self.until_of(what, script, Json::Null).await
    }

    /// Waits until a script gives true for its argument `a`.
    pub async fn until_of(&self, what: &str, script: &str, argument: impl Into<Json>) -> Outcome {
        let argument = argument.into();
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.is(script, argument.clone()).await? {
                return Ok(());
            }
            sleep(Duration::from_millis(30)).await;
        }
        fail(format!("waited {} s in vain until {what}", PATIENCE.as_secs()))
    }

    /// Brings an element into the middle of the window.
    pub async fn scroll_to(&self, selector: &str) -> Outcome {
        let script = "const e = document.querySelector(a); \
                      e?.scrollIntoView({ block: 'center', behavior: 'instant' }); return !!e";
        if self.is(script, selector).await? { Ok(()) } else { fail(format!("there is no {selector}")) }
    }

    /// Presses a key on an element.
    pub async fn press(&self, selector: &str, key: Key) -> Outcome {
        self.scroll_to(selector).await?;
        self.ask("document.querySelector(a).focus()", selector).await?;
        self.driver.action_chain().send_keys(key).perform().await?;
        Ok(())
    }

    /// Clicks an element with the mouse.
    pub async fn click(&self, selector: &str) -> Outcome {
        let [x, y] = self.point(selector, 0.5).await?;
        self.driver.action_chain().move_to(x, y).click().perform().await?;
        Ok(())
    }

    /// Drags with the mouse along an element, from one share of its width to another.
    pub async fn drag(&self, selector: &str, from: f64, to: f64) -> Outcome {
        let [start, y] = self.point(selector, from).await?;
        let [end, _] = self.point(selector, to).await?;
        let middle = i64::midpoint(start, end);
        let chain = self.driver.action_chain().move_to(start, y).click_and_hold();
        chain.move_to(middle, y).move_to(end, y).release().perform().await?;
        Ok(())
    }

    /// A point of the window: half the height of an element (of its first line, where its words run
    /// over several), and this share of its width.
    pub async fn point(&self, selector: &str, share: f64) -> Outcome<[i64; 2]> {
        self.scroll_to(selector).await?;
        let script = "const r = document.querySelector(a).getClientRects()[0]; \
                      return [r.left, r.width, r.top + r.height / 2]";
        let place = self.ask(script, selector).await?;
        let at = |i: usize| place[i].as_f64().unwrap_or_default();
        Ok([(at(0) + share * at(1)).round() as i64, at(2).round() as i64])
    }

    /// What the console has said since the last call, the severe part of it.
    pub async fn complaints(&self) -> Outcome<Vec<String>> {
        let log = self.driver.browser_log().await?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }
}

/// Starts a chromedriver on a free port, which it tells on its standard output.
fn chromedriver(fonts: &Path) -> Outcome<(Child, u16)> {
    let mut child = Command::new(setting("CHROMEDRIVER")?)
        .arg("--port=0")
        // The browser that it starts reads this, too.
        .env("FONTCONFIG_FILE", fonts)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let output = child.stdout.take().map(BufReader::new);
    let (tell, told) = channel();
    // Reads to the end: a driver whose output nobody takes would stop.
    thread::spawn(move || {
        for line in output.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
            if let Some(port) = line.split("successfully on port ").nth(1) {
                // Nobody listens any more once the port is known.
                let _ = tell.send(port.trim_end_matches('.').parse());
            }
        }
    });
    if let Ok(Ok(port)) = told.recv_timeout(PATIENCE) {
        return Ok((child, port));
    }
    let _ = child.kill();
    fail("chromedriver did not start")
}
