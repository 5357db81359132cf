//! The command line as a user meets it: over every topic, through the real binary.

use std::process::{Command, Output};

use serde_json::Value as Json;
use tinkerable::topics::{self, Topic};

fn tinkerable(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tinkerable")).args(arguments).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(arguments: &[&str]) -> Json {
    let output = tinkerable(arguments);
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    assert!(output.status.success(), "{arguments:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn refusal(arguments: &[&str]) -> String {
    let output = tinkerable(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    text(&output.stderr)
}

fn addresses() -> impl Iterator<Item = (&'static Topic, &'static tinkerable::lab::Spec, String)> {
    topics::ALL.iter().flat_map(|t| t.simulations.iter().map(|s| (*t, *s, format!("{}/{}", t.slug, s.id))))
}

#[test]
fn a_figure_is_also_a_picture_and_shows_two_runs() {
    let png = tinkerable(&["figure", "attention/positions", "--png", "2", "--theme", "dark"]).stdout;
    assert_eq!(&png[1..4], b"PNG");
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert_eq!(width, 2 * (760 + 24));
    assert!(refusal(&["figure", "attention/positions", "--png", "99"]).contains("from 1 to 8"));

    let two = ["figure", "mixture-of-experts/moe-train", "top_k=1", "--steps", "30", "--kept", "top_k:2"];
    let drawing = text(&tinkerable(&two).stdout);
    for piece in [">Kept: ", ">Now: ", ">Difference: ", "kept=top_k%3A2"] {
        assert!(drawing.contains(piece) || piece == "kept=top_k%3A2" && drawing.contains("kept="), "{piece}");
    }
    assert!(refusal(&["figure", "attention/positions", "--kept", "zzz:1"]).contains("“zzz”"));
}

#[test]
fn the_list_names_every_topic_simulation_and_control() {
    let listed = json(&["list", "--json"]);
    let slugs: Vec<&str> =
        listed["topics"].as_array().expect("topics").iter().filter_map(|t| t["slug"].as_str()).collect();
    assert_eq!(slugs, topics::ALL.iter().map(|t| t.slug).collect::<Vec<_>>());
    let plain = text(&tinkerable(&["list"]).stdout);
    for (topic, spec, address) in addresses() {
        assert!(plain.contains(&address));
        let found = listed["topics"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|t| t["slug"] == topic.slug)
            .and_then(|t| t["simulations"].as_array())
            .and_then(|all| all.iter().find(|s| s["id"] == spec.id))
            .expect(spec.id);
        let controls = found["controls"].as_array().expect("controls");
        for (control, listed) in spec.controls.iter().zip(controls) {
            assert_eq!(listed["id"], control.id);
            for key in ["label", "type", "default", "unit", "help", "legal"] {
                assert!(!listed[key].is_null(), "{address} {} has no {key}", control.id);
            }
        }
        assert_eq!(controls.len(), spec.controls.len());
    }
}

#[test]
fn equal_runs_answer_bit_for_bit() {
    for (_, spec, address) in addresses() {
        let first = json(&["run", &address, "--steps", "7", "--json"]);
        assert_eq!(first, json(&["run", &address, "--json", "--steps=7"]), "{address}");
        let series = first["series"].as_array().expect("series");
        assert_eq!(series[0]["step"], 0, "{address}");
        let last = series.last().expect("a row");
        assert_eq!(last["step"], first["step"], "{address}");
        for readout in spec.readouts {
            assert_eq!(last[readout.id], first["readouts"][readout.id], "{address} {}", readout.id);
        }
    }
}

#[test]
fn a_run_makes_the_opening_steps_by_itself() {
    for (_, spec, address) in addresses() {
        let run = json(&["run", &address, "--json"]);
        let opening = tinkerable::lab::Runner::opening(spec);
        assert_eq!(run["step"], opening.step(), "{address}");
        assert!(run["series"].as_array().is_some_and(|s| !s.is_empty() && s.len() <= 201), "{address}");
        let plain = tinkerable(&["run", &address]);
        assert!(plain.status.success());
        for readout in spec.readouts {
            assert!(text(&plain.stdout).contains(readout.id), "{address} {}", readout.id);
        }
    }
}

#[test]
fn a_figure_is_an_svg_of_its_own() {
    for (_, _, address) in addresses() {
        for theme in ["light", "dark", "auto"] {
            let output =
                tinkerable(&["figure", &address, "--steps", "3", "--width", "480", "--theme", theme]);
            let svg = text(&output.stdout);
            assert!(
                output.status.success() && svg.starts_with("<svg") && svg.ends_with("</svg>\n"),
                "{address}"
            );
        }
        assert!(refusal(&["figure", &address, "--theme", "pink"]).contains("light, dark, auto"));
        assert!(refusal(&["figure", &address, "--width", "7"]).contains("from 240 to 4000"));
    }
}

#[test]
fn without_a_built_site_there_is_no_single_file_and_the_answer_says_why() {
    let output = tinkerable(&["standalone", "attention/positions", "--site", "no/such/folder"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("no/such/folder") && said.contains("cargo xtask build"), "{said}");
}

#[test]
fn wrong_arguments_end_with_status_2_and_say_what_would_be_right() {
    assert!(refusal(&[]).contains("list, run, sweep, why, figure"));
    assert!(refusal(&["draw"]).contains("list, run, sweep, why, figure"));
    assert!(refusal(&["--json"]).contains("list, run, sweep, why, figure"));
    assert!(refusal(&["list", "--yaml"]).contains("--json"));
    assert!(refusal(&["list", "all"]).contains("--json"));
    for command in ["run", "why", "figure", "film", "standalone"] {
        for wrong in ["", "nowhere"] {
            assert!(refusal(&[command, wrong]).contains("tinkerable list"), "{command} {wrong}");
        }
        for wrong in ["attention", "attention/", "attention/nothing"] {
            let sentence = refusal(&[command, wrong]);
            for (_, _, address) in addresses().filter(|(topic, ..)| topic.slug == "attention") {
                assert!(sentence.contains(&address), "{sentence}");
            }
        }
        refusal(&[command]);
    }
    for (_, spec, address) in addresses() {
        let sentence = refusal(&["run", &address, "nothing=1"]);
        let noun = refusal(&["run", &address, "nothing"]);
        for control in spec.controls {
            assert!(sentence.contains(control.id) && noun.contains(control.id), "{sentence} {noun}");
            // What no control takes: a bell.
            let sentence = refusal(&["run", &address, &format!("{}=\u{7}", control.id)]);
            let right = if control.is_free() { control.label } else { &control.legal() };
            assert!(sentence.contains(right), "{sentence}");
        }
        for steps in ["-1", "many", "99999999"] {
            assert!(refusal(&["run", &address, "--steps", steps]).contains("from 0 to 1000000"));
        }
        refusal(&["run", &address, "--steps"]);
        assert!(refusal(&["run", &address, "--jsn"]).contains("--json"));
    }
}

#[test]
fn a_simulation_that_is_not_there_is_answered_by_those_that_may_be_meant() {
    let mistyped = refusal(&["run", "atention/kv-cash"]);
    assert!(mistyped.contains("attention/kv-cache") && mistyped.len() < 300, "{mistyped}");
    let of_the_topic = refusal(&["run", "attention/cache"]);
    assert!(of_the_topic.contains("attention/kv-cache") && !of_the_topic.contains("moe"), "{of_the_topic}");
    for (address, said) in [("zzz/zzz", "tinkerable list"), ("research-workflow", "research-workflow/seeds")]
    {
        assert!(refusal(&["run", address]).contains(said), "{address}");
    }
}

#[test]
fn a_value_off_the_grid_is_snapped_and_told() {
    for (_, spec, address) in addresses() {
        let Some(control) = spec.controls.iter().find(|c| c.is_number()) else { continue };
        let [_, max] = control.range();
        let output = tinkerable(&["run", &address, &format!("{}={}", control.id, max + 1.0), "--steps", "0"]);
        assert!(output.status.success(), "{address}");
        assert!(text(&output.stderr).contains(&control.legal()), "{address}: {}", text(&output.stderr));
    }
}

#[test]
fn help_is_an_answer() {
    for arguments in [["--help"], ["-h"], ["help"]] {
        let output = tinkerable(&arguments);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("tinkerable run"));
    }
}

#[test]
fn a_sweep_is_a_table_a_file_and_a_picture() {
    let asked =
        ["sweep", "mixture-of-experts/moe-train", "n_experts=2..4", "dead", "--seeds", "2", "--steps", "5"];
    let with = |more: &[&str]| tinkerable(&[&asked[..], more].concat());
    let csv = with(&["--csv"]);
    let lines = text(&csv.stdout);
    assert!(lines.starts_with("n_experts,mean,low,high,seed 1,seed 2,measured,step,"), "{lines}");
    assert!(lines.contains(",moe-train?n_experts=2..4&at=5&seeds=1..2#dead,"), "{lines}");
    // Its address leads to the sweep and not to one run of it.
    let depend = "&depend=moe-train%3Fn_experts%3D2..4%26at%3D5%26seeds%3D1..2%23dead";
    assert!(lines.contains(depend), "{lines}");
    let read: Json = serde_json::from_slice(&with(&["--json"]).stdout).expect("JSON");
    assert_eq!(read["points"].as_array().map(Vec::len), Some(3));
    // A point is the mean of what single runs say.
    let one = |seed: &str| {
        let run = ["run", "mixture-of-experts/moe-train", "n_experts=3", seed, "--steps", "5", "--json"];
        json(&run)["readouts"]["dead"].as_f64().expect("a number")
    };
    assert_eq!(read["points"][1]["mean"].as_f64(), Some(0.5 * (one("seed=1") + one("seed=2"))));
    assert!(text(&with(&["--svg"]).stdout).contains("each seed"));
    assert_eq!(&with(&["--png", "1"]).stdout[1..4], b"PNG");
    assert!(text(&with(&[]).stdout).contains("mean (95 % interval)"));
    assert!(text(&with(&[]).stdout).contains(", 2 seeds at step 5"));
    let one_seed = ["sweep", "mixture-of-experts/moe-train?n_experts=2..3&at=1#dead"];
    assert!(text(&tinkerable(&one_seed).stdout).contains(", 1 seed at step 1"));

    let named =
        tinkerable(&["sweep", "mixture-of-experts/moe-train?balance=..&at=5&seeds=1..2#dead", "--csv"]);
    assert!(text(&named.stdout).contains("\nbias,"), "{}", text(&named.stdout));
}

#[test]
fn why_is_a_table_and_a_file_and_its_numbers_are_those_of_runs() {
    let asked = ["why", "mixture-of-experts/moe-train", "loss", "top_k=2", "--seed", "5", "--steps", "40"];
    // How far it is, is said beside it.
    let read: Json =
        serde_json::from_slice(&tinkerable(&[&asked[..], &["--json"]].concat()).stdout).expect("JSON");
    let run = |more: &[&str]| {
        let own = ["run", "mixture-of-experts/moe-train", "top_k=2", "--steps", "40", "--json"];
        json(&[&own[..], more].concat())["readouts"]["loss"].clone()
    };
    assert_eq!(read["reading"], run(&["seed=5"]));
    assert_eq!(read["history"][40], serde_json::json!([40, run(&["seed=5"])]));
    let neighbours = read["neighbours"].as_array().expect("neighbours");
    let size = |row: &Json| row["difference"].as_f64().map_or(f64::INFINITY, f64::abs);
    assert!(neighbours.windows(2).all(|pair| size(&pair[0]) >= size(&pair[1])), "the largest comes first");
    let up = neighbours.iter().find(|row| row["control"] == "top_k" && row["way"] == "up").expect("up");
    assert_eq!((&up["value"], &up["reading"]), (&Json::from(3), &run(&["seed=5", "top_k=3"])));
    let seeds: Vec<_> = read["seeds"]["each"].as_array().expect("seeds").iter().map(|s| &s["seed"]).collect();
    assert_eq!(seeds, [1, 2, 3, 4, 6, 7, 8, 9].map(Json::from).iter().collect::<Vec<_>>());
    assert_eq!(read["seeds"]["each"][0]["reading"], run(&["seed=1"]));

    let ledger = ["why", "energy-efficient-ai/energy-ledger", "mwh", "pue=1.2"];
    let table = text(&tinkerable(&ledger).stdout);
    assert!(table.contains("25,000 × 2280 × 0.4 × 1.2 / 10³ = 27,360.0\u{a0}MWh"), "{table}");
    let read: Json =
        serde_json::from_slice(&tinkerable(&[&ledger[..], &["--json"]].concat()).stdout).expect("JSON");
    assert_eq!(read["formula"]["value"], 27_360.0);
}

#[test]
fn a_question_that_cannot_be_answered_says_what_could_be() {
    let said = |more: &[&str]| refusal(&[&["why", "energy-efficient-ai/energy-ledger"][..], more].concat());
    assert!(said(&[]).contains("mwh, tonnes"), "{}", said(&[]));
    assert!(said(&["mwh", "tonnes"]).contains("One readout"));
    assert!(said(&["mhw"]).contains("perhaps mwh is meant"));
    assert!(said(&["pue"]).contains("the control PUE"));
    assert!(said(&["mwh", "pue=low"]).contains("from 1 to 2"));
    assert!(said(&["mwh", "--seed", "3"]).contains("There is no control “seed”"));
    assert!(said(&["mwh", "--kept", "pue:1"]).contains("--steps, --json"));
}

#[test]
fn a_command_tells_of_itself_alone() {
    for arguments in [&["run", "--help"][..], &["run", "attention/positions", "-h"], &["help", "run"]] {
        let output = tinkerable(arguments);
        assert!(output.status.success(), "{arguments:?}");
        let said = text(&output.stdout);
        assert!(said.contains("tinkerable run <slug>") && said.contains("--out FILE"), "{said}");
        assert!(!said.contains("tinkerable figure"), "{said}");
    }
    assert!(refusal(&["help", "draw"]).contains("list, run, sweep, why, figure"));
}

/// What a command writes into a file of a name, and what it says on the way.
fn written(name: &str, arguments: &[&str]) -> (Vec<u8>, Output) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_file(&path).ok();
    let output = tinkerable(&[arguments, &["--out", &path.to_string_lossy()]].concat());
    (std::fs::read(&path).unwrap_or_default(), output)
}

#[test]
fn a_file_is_written_by_its_name() {
    let address = "neuromorphic-computing/lif-lab";
    for (name, command, asked) in [
        ("lif.svg", "figure", &[][..]),
        ("lif.png", "figure", &["--png", "1"]),
        ("lif.csv", "run", &["--csv"]),
        ("lif.json", "run", &["--json"]),
        ("lif.txt", "run", &[]),
    ] {
        let (file, output) = written(name, &[command, address, "--steps", "20"]);
        assert_eq!((output.stdout, text(&output.stderr)), (Vec::new(), String::new()), "{name}");
        let printed = tinkerable(&[&[command, address, "--steps", "20"], asked].concat()).stdout;
        assert!(!file.is_empty() && file == printed, "{name}");
    }
    let (file, output) = written("lif.jpg", &["figure", address]);
    let said = text(&output.stderr);
    assert!(file.is_empty() && said.contains("lif.jpg") && said.contains(".svg, .png"), "{said}");
    let (file, output) = written("lif.csv", &["run", address, "--json"]);
    assert!(file.is_empty() && text(&output.stderr).contains("--json"), "{}", text(&output.stderr));
    let output = tinkerable(&["figure", address, "--out", "no/such/folder/lif.png"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no/such/folder/lif.png could not be written"));
}

#[test]
fn a_picture_says_its_density_and_its_address() {
    let asked = ["figure", "attention/positions", "seed=5", "--url", "https://example.org/t/"];
    let (png, _) = written("density.png", &[&asked[..], &["--png", "2"]].concat());
    assert_eq!(png[33..][..8], [0, 0, 0, 9, b'p', b'H', b'Y', b's']);
    assert_eq!(u32::from_be_bytes([png[41], png[42], png[43], png[44]]), 7559);
    let address = b"https://example.org/t/embed/attention/positions/?seed=5&at=";
    assert!(png.windows(address.len()).any(|part| part == address));
    let svg = text(&tinkerable(&asked).stdout);
    assert!(
        svg.contains("<desc>https://example.org/t/embed/attention/positions/?seed=5&amp;at="),
        "{svg:.600}"
    );
}

#[test]
fn a_run_has_a_name_in_the_terminal() {
    let output = tinkerable(&["run", "mixture-of-experts/moe-train?at=5&seeds=1..3#median:loss"]);
    let said = text(&output.stdout);
    assert!(
        said.starts_with("moe-train?at=5&seeds=1..3#median:loss\nLoss, median of seeds 1 to 3"),
        "{said}"
    );
    assert_eq!(said.matches("\nseed ").count(), 3, "{said}");
    assert!(refusal(&["run", "mixture-of-experts/moe-train#lss"]).contains("perhaps loss is meant"));
    let address = "mixture-of-experts/moe-train";
    assert!(refusal(&["sweep"]).contains("tinkerable list"));
    assert!(refusal(&["sweep", address, "n_experts=2..4"]).contains("max_violation"));
    assert!(refusal(&["sweep", address, "n_experts=2", "dead"]).contains("several values"));
    assert!(
        refusal(&["sweep", address, "n_experts=2..4", "dead", "--csv", "--svg"]).contains("not for both")
    );
    assert!(refusal(&["sweep", address, "n_experts=2..4", "dead", "--seeds", "0"]).contains("from 1 to"));
}

/// What a player shows of a film: each picture and how long it stands, in hundredths of a second.
struct Film {
    size: [usize; 2],
    repeat: gif::Repeat,
    pictures: Vec<(Vec<[u8; 3]>, u16)>,
    /// Pixels that each picture brings.
    brought: Vec<usize>,
}

fn played(file: &[u8]) -> Film {
    let mut film = gif::Decoder::new(file).expect("a GIF");
    let palette: Vec<[u8; 3]> =
        film.global_palette().expect("one palette").chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect();
    let size = [film.width(), film.height()].map(usize::from);
    let (mut screen, mut pictures, mut brought) = (vec![[0; 3]; size[0] * size[1]], Vec::new(), Vec::new());
    while let Some(frame) = film.read_next_frame().expect("whole pictures") {
        assert!(frame.palette.is_none() && frame.dispose == gif::DisposalMethod::Keep);
        let [left, top, width] = [frame.left, frame.top, frame.width].map(usize::from);
        for (i, index) in frame.buffer.iter().enumerate().filter(|(_, i)| Some(**i) != frame.transparent) {
            screen[(top + i / width) * size[0] + left + i % width] = palette[usize::from(*index)];
        }
        brought.push(frame.buffer.len());
        pictures.push((screen.clone(), frame.delay));
    }
    Film { size, repeat: film.repeat(), pictures, brought }
}

#[test]
fn a_film_shows_the_pictures_of_its_steps() {
    let run = ["mixture-of-experts/moe-train", "top_k=1"];
    let asked = ["--seed", "3", "--steps", "20..140", "--width", "480", "--theme", "dark"];
    let more = ["--seconds", "2", "--url", "https://example.org/t/"];
    let (file, output) = written("film.gif", &[&["film"], &run[..], &asked[..], &more[..]].concat());
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output.stderr));
    let film = played(&file);
    assert_eq!(film.size[0], 480);
    assert_eq!(film.repeat, gif::Repeat::Infinite);
    // Twelve a second in four fifths of the time, and the last.
    assert_eq!(film.pictures.len(), 20);
    let delays: Vec<u16> = film.pictures.iter().map(|(_, delay)| *delay).collect();
    let (last, others) = delays.split_last().expect("pictures");
    assert_eq!(delays.iter().sum::<u16>(), 200);
    assert!(*last == 40 && others.iter().all(|delay| (8..=9).contains(delay)), "{delays:?}");
    assert_eq!(film.brought[0], film.size[0] * film.size[1]);
    assert!(film.brought[1..].iter().all(|pixels| *pixels < film.brought[0]), "{:?}", film.brought);

    for ((picture, _), step) in [(&film.pictures[0], "20"), (&film.pictures[19], "140")] {
        let still = ["--steps", step, "--width", "456", "--theme", "dark", "--png", "1"];
        let png = tinkerable(&[&["figure"], &run[..], &["seed=3"], &still[..]].concat()).stdout;
        let png = resvg::tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!(film.size, [png.width(), png.height()].map(|n| n as usize));
        let wide = |(a, b): (&[u8; 3], &[u8])| {
            a.iter().zip(b).map(|(a, b)| f64::from(u32::from(a.abs_diff(*b)).pow(2))).sum::<f64>().sqrt()
        };
        let apart: Vec<f64> = picture.iter().zip(png.data().chunks_exact(4)).map(wide).collect();
        let same = apart.iter().filter(|d| **d == 0.0).count() as f64 / apart.len() as f64;
        let most = apart.iter().copied().fold(0.0, f64::max);
        assert!(same > 0.97 && most < 20.0, "{same} the same, {most} apart at step {step}");
    }

    let said = "https://example.org/t/embed/mixture-of-experts/moe-train/?top_k=1&seed=3&at=140\nTinkerable, CC BY 4.0";
    let comment = [&[0x21, 0xfe, said.len() as u8], said.as_bytes(), &[0]].concat();
    assert!(file.windows(comment.len()).any(|part| part == comment));
}

#[test]
fn a_film_takes_steps_evenly_and_rests_on_the_last() {
    let film = |name: &str, more: &[&str]| {
        let asked = ["film", "mixture-of-experts/moe-train", "--width", "300"];
        let (file, output) = written(name, &[&asked[..], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        played(&file).pictures.iter().map(|(_, delay)| *delay).collect::<Vec<u16>>()
    };
    // Each ten and the last, as long as there is room.
    assert_eq!(film("each.gif", &["--steps", "0..25", "--every", "10"]), [100, 100, 100, 200]);
    assert_eq!(film("two.gif", &["--steps", "3..4", "--seconds", "1", "--kept", "top_k:2"]), [33, 67]);
}

#[test]
fn the_film_of_a_talk_shows_each_step_for_as_long_as_it_takes_to_read() {
    let asked = ["film", "attention", "--talk", "--width", "264", "--url", "https://example.org/t/"];
    let (file, output) = written("talk.gif", &asked);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let film = played(&file);
    let (_, steps) = tinkerable::article::talk(topics::topic("attention").expect("a topic"));
    // Where a run stands, nothing moves for seconds.
    let standing = film.pictures.iter().filter(|(_, delay)| *delay > 200).count();
    assert_eq!((standing, film.size[0]), (steps.len(), 264));
    assert!(film.pictures.len() > steps.len(), "and some of them move before");
    let said = b"https://example.org/t/attention/\nTinkerable, CC BY 4.0";
    assert!(file.windows(said.len()).any(|part| part == said));

    for (more, why) in [
        (&["nowhere", "--talk"][..], "is no topic with a talk: it takes one of mixture-of-experts"),
        (&["attention/positions", "--talk"], "is no topic with a talk"),
        (&["attention", "seed=3", "--talk"], "“seed=3” is too much"),
        (&["attention", "--talk", "--steps", "0..9"], "--steps is for the film of one run"),
        (&["attention", "--talk", "--theme", "auto"], "light or dark"),
    ] {
        let said = refusal(&[&["film", "--out", "film.gif"], more].concat());
        assert!(said.contains(why), "{said}");
    }
}

/// The parts of a deck by name.
fn parts(file: Vec<u8>) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).expect("a zip");
    let mut parts = std::collections::BTreeMap::new();
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).expect("a part");
        let mut content = Vec::new();
        std::io::copy(&mut part, &mut content).expect("whole");
        parts.insert(part.name().expect("a name").into_owned(), content);
    }
    parts
}

#[test]
fn a_talk_is_slides_with_the_figures_of_its_moments() {
    let site = "https://example.org/t/";
    let (file, output) = written("talk.pptx", &["slides", "attention", "--theme", "dark", "--url", site]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output.stderr));
    let parts = parts(file);
    let (title, steps) = tinkerable::article::talk(topics::topic("attention").expect("a topic"));
    let slides: Vec<&String> = parts.keys().filter(|name| name.starts_with("ppt/slides/slide")).collect();
    assert_eq!(slides.len(), steps.len() + 1);
    assert!(text(&parts["ppt/slides/slide1.xml"]).contains(&format!("<a:t>{title}</a:t>")));
    for (i, step) in steps.iter().enumerate() {
        let drawing = text(&parts[&format!("ppt/media/figure{}.svg", i + 1)]);
        let xml = roxmltree::Document::parse(&drawing).expect("XML");
        let width: u64 = xml.root_element().attribute("width").and_then(|w| w.parse().ok()).expect("a width");
        // As the terminal draws it.
        let source = xml.descendants().find(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "desc")));
        let source = source.and_then(|node| node.text()).expect("an address");
        let at = source.rsplit("at=").next().unwrap_or_default();
        let mut asked = vec!["figure".to_owned(), step.name.clone()];
        asked.extend(
            step.moment
                .values
                .iter()
                .map(|(control, value)| format!("{}={}", control.id, control.written(value))),
        );
        asked.extend(["--steps", at, "--theme", "dark", "--url", site].map(str::to_owned));
        asked.extend(["--width".to_owned(), (width - 24).to_string()]);
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        assert_eq!(text(&tinkerable(&asked).stdout), drawing, "{source}");
        let png = &parts[&format!("ppt/media/figure{}.png", i + 1)];
        let across = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
        assert!((1500..2400).contains(&across), "{across}");
        let slide = text(&parts[&format!("ppt/slides/slide{}.xml", i + 2)]);
        assert!(slide.contains(&step.sentence.replace('&', "&amp;")), "{slide:.600}");
    }
    assert!(
        refusal(&["slides", "nowhere"])
            .contains("is no topic with a talk: it takes one of mixture-of-experts")
    );
    assert!(refusal(&["slides", "attention"]).contains("--out talk.pptx"));
    assert!(refusal(&["slides", "attention", "--out", "talk.odp"]).contains("slides writes .pptx"));
    assert!(
        refusal(&["slides", "attention", "--out", "x.pptx", "--theme", "auto"]).contains("light or dark")
    );
}

#[test]
fn a_film_that_cannot_be_says_why() {
    let address = "mixture-of-experts/moe-train";
    let refused = |more: &[&str]| refusal(&[&["film", address, "--out", "film.gif"], more].concat());
    for (steps, why) in [
        ("400..0", "runs backwards, 0..400 runs forwards"),
        ("7..7", "is one step"),
        ("400", "is no stretch"),
        ("0..many", "is no stretch"),
        ("0..9999999", "is no stretch"),
    ] {
        let said = refused(&["--steps", steps]);
        assert!(said.contains(why) && said.contains("A..B, two whole numbers from 0 to 1000000"), "{said}");
    }
    assert!(refused(&["--width", "20"]).contains("from 264 to 1600"));
    assert!(refused(&["--seconds", "90"]).contains("from 1 to 20"));
    assert!(refused(&["--every", "0"]).contains("from 1 to"));
    assert!(refused(&["--theme", "auto"]).contains("light or dark"));
    assert!(refused(&["--seed", "x"]).contains("a whole number"));
    assert!(refusal(&["film", address]).contains("--out film.gif"));
    let (file, output) = written("film.mp4", &["film", address]);
    let said = text(&output.stderr);
    assert!(file.is_empty() && said.contains("film.mp4") && said.contains("film writes .gif"), "{said}");
    for (_, spec, address) in addresses() {
        if spec.pace.is_still() {
            let said = refusal(&["film", &address, "--out", "film.gif"]);
            assert!(said.contains("no steps to film") && said.contains("tinkerable figure"), "{said}");
        }
    }
    // A run that ends has nothing to show behind its end.
    let tiles = ["film", "attention/flash-tiles", "--out", "film.gif", "--steps", "0..100000"];
    let said = refusal(&tiles);
    assert!(said.contains("ends at step") && said.contains("tiles"), "{said}");
}
