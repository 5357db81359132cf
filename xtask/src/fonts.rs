//! The fonts of the devices on which the browser tests look at the site, fetched so that no machine's own
//! fonts decide.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::browser::{apt_get, is_root};
use crate::shell::{announce, command, files, locate, run, tools};

/// A folder, how its files are called, one that must be among them, and the packages of Debian that have them.
const SETS: [(&str, &str, &str, &[&str]); 2] = [
    ("dejavu", "DejaVu", "DejaVuSerif-Italic.ttf", &["fonts-dejavu-core", "fonts-dejavu-extra"]),
    ("liberation", "Liberation", "LiberationSerif-Italic.ttf", &["fonts-liberation"]),
];

/// Where systems have their fonts.
const INSTALLED: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];

/// The folder that has a folder for each set.
pub fn find() -> Outcome<PathBuf> {
    let folder = tools().join("fonts");
    for (name, start, needed, packages) in SETS {
        let own = folder.join(name);
        if own.join(needed).is_file() {
            continue;
        }
        let fail = |error: std::io::Error| format!("{}: {error}.", own.display());
        fs::create_dir_all(&own).map_err(fail)?;
        let mut found = INSTALLED.iter().flat_map(|place| named(Path::new(place), start)).collect::<Vec<_>>();
        if !found.iter().any(|file| file.ends_with(needed)) {
            found = named(&fetched(&folder, packages)?, start);
        }
        for file in &found {
            fs::copy(file, own.join(file.file_name().unwrap_or_default())).map_err(fail)?;
        }
        if !own.join(needed).is_file() {
            return Err(format!("Among the fonts of {} there is no {needed}.", packages.join(" and ")));
        }
    }
    Ok(folder)
}

/// Packages of Debian, unpacked and not installed; the answer is the folder with what is in them.
fn fetched(folder: &Path, packages: &[&str]) -> Outcome<PathBuf> {
    let listed = packages.join(" and ");
    let how = format!(
        "The browser tests need the fonts of {listed} (Debian and Ubuntu: apt-get install {}; elsewhere the \
         fonts of these names, in /usr/share/fonts).",
        packages.join(" ")
    );
    if locate("apt-get").is_none() || locate("dpkg-deb").is_none() {
        return Err(how);
    }
    announce(&format!("Fetching {listed} (apt-get, 4 MB, seconds)"));
    let unpacked = folder.join("unpacked");
    fs::create_dir_all(&unpacked).map_err(|e| format!("{}: {e}.", unpacked.display()))?;
    let download = || {
        let mut apt = apt_get(&["download"]);
        run(apt.args(packages).current_dir(&unpacked), &format!("apt-get could not fetch {listed}. {how}"))
    };
    // A fresh machine has no lists of packages; only root may fetch them.
    if download().is_err() {
        if is_root() {
            run(&mut apt_get(&["update"]), &how)?;
        }
        download()?;
    }
    for package in files(&unpacked).iter().filter(|file| file.extension().is_some_and(|e| e == "deb")) {
        run(command("dpkg-deb").arg("-x").arg(package).arg(&unpacked), &how)?;
        fs::remove_file(package).map_err(|e| format!("{}: {e}.", package.display()))?;
    }
    Ok(unpacked)
}

/// TrueType fonts below a folder whose file names start so.
fn named(folder: &Path, start: &str) -> Vec<PathBuf> {
    let is_named = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(start) && name.ends_with(".ttf")
    };
    files(folder).into_iter().filter(is_named).collect()
}
