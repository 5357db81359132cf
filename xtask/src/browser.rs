//! Chromium and its driver, for the tests that look at the site as a reader does.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::shell::{announce, answer, command, locate, run};

/// The browser and the driver that belongs to it.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

const HOW: &str = "Install both (Debian and Ubuntu: apt-get install chromium chromium-driver), or name them \
                   in the environment: CHROME=/path/to/chrome CHROMEDRIVER=/path/to/chromedriver.";

/// Finds both, or installs them where that takes no question to anyone.
pub fn find() -> Outcome<Browser> {
    if let Some(browser) = look()? {
        return Ok(browser);
    }
    if !(is_root() && locate("apt-get").is_some()) {
        return Err(format!("The tests need Chromium (or Chrome) and chromedriver. {HOW}"));
    }
    announce("Installing Chromium and its driver (apt-get, 300 MB, about a minute)");
    let failed = format!("apt-get could not install Chromium. Is there a network? {HOW}");
    run(&mut apt_get(&["update"]), &failed)?;
    run(&mut apt_get(&["install", "-y", "--no-install-recommends", "chromium", "chromium-driver"]), &failed)?;
    look()?.ok_or(failed)
}

/// Whether whoever runs this may install for the whole machine.
pub fn is_root() -> bool {
    answer(command("id").arg("-u")).as_deref() == Some("0")
}

/// apt-get, which asks nobody and waits for another that is at work.
pub fn apt_get(arguments: &[&str]) -> Command {
    let mut apt = command("apt-get");
    apt.args(["-qq", "-o=Dpkg::Use-Pty=0", "-o=DPkg::Lock::Timeout=300"]).args(arguments);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn look() -> Outcome<Option<Browser>> {
    let chrome = named(
        "CHROME",
        &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
    )?;
    let driver = named("CHROMEDRIVER", &["chromedriver"])?;
    Ok(chrome.zip(driver).map(|(chrome, driver)| Browser { chrome, driver }))
}

/// The program that a variable of the environment names, else the first of these on PATH.
fn named(variable: &str, programs: &[&str]) -> Outcome<Option<PathBuf>> {
    match env::var_os(variable).map(PathBuf::from) {
        Some(path) if path.is_file() => Ok(Some(path)),
        Some(path) => Err(format!("{variable} names {}, and there is no such file.", path.display())),
        None => Ok(programs.iter().find_map(|program| locate(program))),
    }
}
