//! Makes the runs that texts and sweeps name: on all cores, each once, and kept between builds.
//!
//! What is known is shared by the whole process. Between processes it is kept in a file beside what
//! cargo builds, under the name of the run and the digest of the sources that compute it: an
//! unchanged site makes no run at all.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use crate::lab::address::{self, Moment};
use crate::lab::run::{Answer, Job, Run};
use crate::lab::{Reading, Runner, Spec, Values};
use crate::topics;

/// Digests of the sources, topic by topic: `build.rs` writes them.
const SOURCES: &str = env!("TINKERABLE_SOURCES");

/// The name of the file in cargo's folder.
const FILE: &str = "tinkerable-runs.tsv";

/// Told how many runs are made, and how many there are to make.
pub type Told<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// The readings of these jobs, in their order.
#[must_use]
pub fn make(jobs: &[Job], told: Told<'_>) -> Vec<Vec<Reading>> {
    store().make(jobs, told)
}

/// The answer of one run.
///
/// # Errors
/// A sentence, where a readout has no number.
pub fn answer(run: &Run) -> Result<Answer, String> {
    run.answer(&make(&run.jobs(), &|_, _| {}))
}

/// How many runs this process has made itself.
#[must_use]
pub fn made() -> usize {
    store().made
}

/// One at a time: whoever waits here finds the runs made that the one before had to make.
fn store() -> MutexGuard<'static, Store> {
    static STORE: OnceLock<Mutex<Store>> = OnceLock::new();
    let store = STORE.get_or_init(|| Mutex::new(Store::open(beside_what_is_built().map(|d| d.join(FILE)))));
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cargo's folder, if this program stands in one: the one that is marked as a cache.
fn beside_what_is_built() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
}

/// The readings that are known, by the name of the run.
#[derive(Default)]
struct Store {
    file: Option<PathBuf>,
    known: BTreeMap<String, Vec<Reading>>,
    made: usize,
}

/// One run with all the steps at which it is read.
struct Work {
    spec: &'static Spec,
    values: Values,
    steps: Vec<u64>,
}

impl Store {
    fn open(file: Option<PathBuf>) -> Self {
        let mut store = Self { file, known: BTreeMap::new(), made: 0 };
        store.known = store.kept();
        store
    }

    fn make(&mut self, jobs: &[Job], told: Told<'_>) -> Vec<Vec<Reading>> {
        let mut work = self.work(jobs);
        if !work.is_empty() {
            // Tests and a build that go on beside each other share the work: who waits finds it done.
            let _turn = self.turn();
            self.known.extend(self.kept());
            work = self.work(jobs);
            self.made += work.len();
            self.known.extend(in_parallel(&work, told));
            self.save();
        }
        let readings = |job: &Job| self.known.get(&key(job.spec, &job.values, job.at)).cloned();
        jobs.iter().map(|job| readings(job).unwrap_or_default()).collect()
    }

    /// What is not known of these jobs: each run with its steps in order, the longest first, so that the
    /// cores end together.
    fn work(&self, jobs: &[Job]) -> Vec<Work> {
        let mut work: BTreeMap<String, Work> = BTreeMap::new();
        for job in jobs {
            if self.known.contains_key(&key(job.spec, &job.values, job.at)) {
                continue;
            }
            let work = work.entry(key(job.spec, &job.values, 0)).or_insert_with(|| Work {
                spec: job.spec,
                values: job.values.clone(),
                steps: Vec::new(),
            });
            work.steps.push(job.at);
        }
        let mut work: Vec<Work> = work.into_values().collect();
        for one in &mut work {
            one.steps.sort_unstable();
            one.steps.dedup();
        }
        work.sort_by_key(|one| std::cmp::Reverse(one.steps.last().copied()));
        work
    }

    /// The right to make runs, until it is dropped: one process at a time has it, where files can be locked.
    fn turn(&self) -> Option<fs::File> {
        let lock = fs::File::create(self.file.as_ref()?.with_extension("lock")).ok()?;
        lock.lock().ok()?;
        Some(lock)
    }

    /// What the file has.
    fn kept(&self) -> BTreeMap<String, Vec<Reading>> {
        self.file
            .as_ref()
            .and_then(|file| fs::read_to_string(file).ok())
            .map_or_else(BTreeMap::new, |text| read(&text))
    }

    /// Keeps what is known. It is a cache: where it cannot be written, the next build computes again.
    fn save(&self) {
        let Some(file) = &self.file else { return };
        let draft = file.with_extension(format!("{}.tmp", std::process::id()));
        if fs::write(&draft, write(&self.known)).is_ok() {
            let _ = fs::rename(&draft, file);
        }
    }
}

/// Makes each run once up to its last step, on all cores.
fn in_parallel(work: &[Work], told: Told<'_>) -> Vec<(String, Vec<Reading>)> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cores = thread::available_parallelism().map_or(1, usize::from).min(work.len());
    let one_core = || {
        let mut found = Vec::new();
        while let Some(one) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut runner = Runner::new(one.spec, one.values.clone());
            for step in &one.steps {
                runner.advance(step - runner.step().min(*step));
                found.push((key(one.spec, &one.values, *step), runner.readings().to_vec()));
            }
            told(done.fetch_add(1, Ordering::Relaxed) + 1, work.len());
        }
        found
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// The name of a run at a step: `<slug>/<simulation>?<values>&at=<step>`.
fn key(spec: &'static Spec, values: &Values, at: u64) -> String {
    let slug = topics::ALL.iter().find(|t| t.simulations.contains(&spec)).map_or("", |t| t.slug);
    let query = address::encode(spec, &Moment::of(values.clone(), Some(at)), false);
    format!("{slug}/{}?{query}", spec.id)
}

/// The digest of what a run depends on; none for a simulation that is in no topic.
fn digest(name: &str) -> Option<&'static str> {
    let (slug, _) = name.split_once('/')?;
    SOURCES.split(' ').find_map(|one| one.strip_prefix(slug)?.strip_prefix('='))
}

/// Lines of name, digest and readings, with tabs between them. Those of other sources are left out.
fn read(text: &str) -> BTreeMap<String, Vec<Reading>> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            let (name, of) = (fields.next()?, fields.next()?);
            (digest(name) == Some(of)).then_some(())?;
            Some((name.to_owned(), fields.map(reading).collect::<Option<_>>()?))
        })
        .collect()
}

fn write(known: &BTreeMap<String, Vec<Reading>>) -> String {
    let mut out = String::new();
    for (name, readings) in known {
        let fields: Option<Vec<String>> = readings.iter().map(field).collect();
        if let (Some(of), Some(fields)) = (digest(name), fields) {
            out.push_str(&format!("{name}\t{of}\t{}\n", fields.join("\t")));
        }
    }
    out
}

/// A reading as a field: a number with all its digits, a word in quotes, a dash for none.
fn field(reading: &Reading) -> Option<String> {
    match reading {
        Reading::Number(x) => Some(x.to_string()),
        Reading::Text(text) if !text.contains(char::is_control) => Some(format!("\"{text}\"")),
        Reading::Text(_) => None,
        Reading::Absent => Some("-".to_owned()),
    }
}

fn reading(field: &str) -> Option<Reading> {
    match field.strip_prefix('"') {
        Some(text) => Some(Reading::Text(text.strip_suffix('"')?.to_owned())),
        None if field == "-" => Some(Reading::Absent),
        None => field.parse().ok().map(Reading::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;

    fn jobs(names: &[&str]) -> Vec<Job> {
        names.iter().flat_map(|name| Run::parse(name, &[&SPEC]).expect("a run").jobs()).collect()
    }

    #[test]
    fn a_run_that_several_numbers_share_is_made_once() {
        let mut store = Store::default();
        let told = AtomicUsize::new(0);
        let names = ["?at=4#total", "?at=2#total", "?at=4#mean", "?stride=5&at=4#total"];
        let readings = store.make(&jobs(&names), &|_, all| told.store(all, Ordering::Relaxed));
        let totals: Vec<_> = readings.iter().map(|r| r[0].clone()).collect();
        assert_eq!(totals, [12.0, 6.0, 12.0, 20.0].map(Reading::Number));
        assert_eq!((store.made, told.into_inner()), (2, 2));
        // What is known is not made again.
        let again = store.make(&jobs(&names), &|_, _| {});
        assert_eq!((again, store.made), (readings, 2));
        // A run that ends before its step is read at its end.
        assert_eq!(store.make(&jobs(&["?at=900#total"]), &|_, _| {})[0][0], Reading::Number(150.0));
    }

    #[test]
    fn runs_are_kept_between_processes_until_their_sources_change() {
        let folder = env::temp_dir().join(format!("tinkerable-runs-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(FILE);
        let (_, spec) = topics::find("mixture-of-experts/moe-train").expect("a simulation");
        let jobs = Run::parse("moe-train?at=3&seeds=1..3#mean:loss", &[spec]).expect("a run").jobs();
        let mut first = Store::open(Some(file.clone()));
        let made = first.make(&jobs, &|_, _| {});
        let mut second = Store::open(Some(file.clone()));
        assert_eq!(second.make(&jobs, &|_, _| {}), made);
        assert_eq!((first.made, second.made), (3, 0));
        // One that began before they were made, too, once it is its turn.
        let mut beside = Store { file: Some(file.clone()), ..Store::default() };
        assert_eq!((beside.make(&jobs, &|_, _| {}), beside.made), (made, 0));
        // Other sources, other runs.
        let text = fs::read_to_string(&file).expect("a file");
        assert_eq!(text.lines().count(), 3, "{text}");
        let of = digest("mixture-of-experts/").expect("a digest");
        fs::write(&file, text.replace(of, "0123456789abcdef")).expect("written");
        assert_eq!(Store::open(Some(file)).known.len(), 0);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn readings_come_back_to_the_same_bits() {
        let name = "attention/positions?at=1";
        let all = vec![
            Reading::Number(0.1 + 0.2),
            Reading::Number(-1e-300),
            Reading::Text("∞ (silent)".to_owned()),
            Reading::Absent,
        ];
        let known = BTreeMap::from([(name.to_owned(), all)]);
        assert_eq!(read(&write(&known)), known);
        assert_eq!(read("attention/positions?at=1\t0\t1\n"), BTreeMap::new());
    }

    #[test]
    fn what_topics_use_of_the_lab_is_in_the_digest() {
        let build = include_str!("../../build.rs");
        let list =
            build.split("const LAB").nth(1).and_then(|rest| rest.split(';').nth(1)).unwrap_or_default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/topics");
        // Names that the lab gives out at its top come from these.
        let elsewhere = ["page_text"];
        let exists =
            |file: &String| Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lab").join(file).exists();
        let mut seen = 0;
        for topic in topics::ALL {
            // What only tests use changes no run.
            let files = crate::article::files(&root.join(topic.slug)).into_iter();
            for file in files.filter(|file| !file.ends_with("tests.rs")) {
                let text = fs::read_to_string(&file).unwrap_or_default();
                let text = text.split("\nmod tests {\n").next().unwrap_or_default();
                for rest in text.split("lab::").skip(1) {
                    let named: String =
                        rest.chars().take_while(|c| c.is_lowercase() || "_:".contains(*c)).collect();
                    let mut path = named.split("::").filter(|name| !name.is_empty());
                    let Some(room) = path.next().filter(|name| !elsewhere.contains(name)) else { continue };
                    let of_room = [room.to_owned(), format!("{room}.rs"), format!("{room}/mod.rs")];
                    let deeper = path.next().map(|name| format!("{room}/{name}.rs"));
                    let listed = |file: &String| list.contains(&format!("\"{file}\""));
                    assert!(of_room.iter().chain(&deeper).any(listed), "{named} in {}", file.display());
                    // A room of which a part is listed is listed part by part.
                    let whole = listed(&of_room[0]);
                    assert!(
                        whole || deeper.iter().all(|d| listed(d) || !exists(d)),
                        "{named} in {}",
                        file.display()
                    );
                    seen += 1;
                }
            }
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn every_topic_has_a_digest_of_its_own() {
        let mut digests: Vec<_> =
            topics::ALL.iter().filter_map(|t| digest(&format!("{}/", t.slug))).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), topics::ALL.len());
    }
}
