//! Taking a simulation along: files, the form for pages and slides, the talk.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use browser_tests::server::NOBODY;
use browser_tests::session::Session;
use browser_tests::{Outcome, fail, hold};
use serde_json::{Value as Json, json};
use std::time::Duration;
use thirtyfour::prelude::{Key, WindowHandle};
use tokio::time::sleep;

use crate::Stage;

/// Writes down what the page gives to the browser to save.
const LISTEN: &str = "window.saved = {}; addEventListener('tinkerable-save', (e) => { saved[e.detail.kind] = e.detail.content ?? '' })";

pub async fn saved_files_are_those_of_the_command_line(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for slug in &stage.slugs {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug && s.has_seed()) else {
            continue;
        };
        let (name, root) = (simulation.address(), simulation.root());
        session.open(&simulation.page(&[("seed".to_owned(), "3".to_owned())], Some(12))).await?;
        session.adopted(&root).await?;
        let there =
            "const s = document.querySelector(a).dataset; return s.state === 'paused' && Number(s.step) > 0";
        session.until_of("the moment is reached", there, &*root).await?;
        session.ask(LISTEN, Json::Null).await?;
        session.click(&format!("{root} [data-action=share]")).await?;
        let step = session.number("return Number(document.querySelector(a).dataset.step)", &*root).await?;
        let site = format!("{}/", session.origin);
        let words = |first: &str, last: &[&str]| {
            let mut words = vec![first.to_owned(), name.clone(), "seed=3".to_owned()];
            words.extend(["--steps".to_owned(), step.to_string(), "--url".to_owned(), site.clone()]);
            words.extend(last.iter().map(|w| (*w).to_owned()));
            words
        };
        for (kind, words) in [
            ("csv", words("run", &["--csv"])),
            ("json", words("run", &["--json"])),
            ("svg", words("figure", &["--theme", "light"])),
        ] {
            session.ask("document.querySelector(`${a} [data-save-theme]`).value = 'light'", &*root).await?;
            session.click(&format!("{root} [data-save={kind}]")).await?;
            session.until_of("the file is given", "return a in saved", kind).await?;
            let page = session.text("return saved[a]", kind).await?;
            let terminal = simulation.terminal(&words)?;
            hold(page == terminal, || format!("{name}: {kind} differs\n{page:.600}\n{terminal:.600}"))?;
        }
        for (button, end) in [("2", "png"), ("html", "html")] {
            session.click(&format!("{root} [data-save=\"{button}\"]")).await?;
            let said = "const [root, end] = a; \
                        return document.querySelector(`${root} [data-save-state]`).textContent.includes(`.${end} is saved`)";
            session.until_of(&format!("{name}: the {end} is saved"), said, json!([root, end])).await?;
        }
        // What belongs elsewhere is not in the file, and what it may ask for is.
        let packed = "return ['site-speaker-', 'site-lesson-', 'site-depend-'].map((kind) => RegExp(`\"${kind}[0-9a-f]+.wasm\":`).test(saved.html)).join()";
        let packed = session.text(packed, Json::Null).await?;
        hold(packed == "false,false,true", || format!("{name}: of three pieces the file has {packed}"))?;
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

/// What a player shows of a film: its size, each picture and how long that stands (hundredths of a second).
struct Film {
    size: [usize; 2],
    pictures: Vec<Vec<[u8; 3]>>,
    delays: Vec<u16>,
    comment: String,
}

fn played(file: &[u8]) -> Outcome<Film> {
    let mut film = gif::Decoder::new(file)?;
    let palette: Vec<[u8; 3]> =
        film.global_palette().unwrap_or_default().chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect();
    let size = [film.width(), film.height()].map(usize::from);
    let (mut screen, mut pictures, mut delays) = (vec![[0; 3]; size[0] * size[1]], Vec::new(), Vec::new());
    while let Some(frame) = film.read_next_frame()? {
        let [left, top, width] = [frame.left, frame.top, frame.width].map(usize::from);
        for (i, index) in frame.buffer.iter().enumerate().filter(|(_, i)| Some(**i) != frame.transparent) {
            screen[(top + i / width) * size[0] + left + i % width] = palette[usize::from(*index)];
        }
        pictures.push(screen.clone());
        delays.push(frame.delay);
    }
    // The comment follows the loop: blocks, each behind its length.
    let looped = file.windows(11).position(|part| part == b"NETSCAPE2.0").unwrap_or(0);
    let begun = file[looped..].windows(2).position(|part| part == [0x21, 0xfe]).unwrap_or(0);
    let (mut rest, mut comment) = (&file[looped + begun + 2..], Vec::new());
    while let Some((length, block)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (part, behind) = block.split_at(usize::from(*length).min(block.len()));
        comment.extend(part);
        rest = behind;
    }
    Ok(Film { size, pictures, delays, comment: String::from_utf8_lossy(&comment).into_owned() })
}

/// Writes down what the page says of a film, and lets a test ask for one.
const FILM: &str = "const [root, steps, width] = a; const field = (name) => document.querySelector(`${root} [${name}]`); \
                    field('data-film-steps').value = steps; field('data-film-width').value = width; \
                    document.querySelector(`${root} .share-row:has([data-save=gif]) [data-save-theme]`).value = 'dark'; \
                    delete saved.gif; delete saved.pixels";

const STATE: &str = "return document.querySelector(`${a} [data-save-state]`).textContent";

pub async fn a_film_shows_the_steps_that_come_and_can_be_cancelled(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    // A few: a film has no code of a topic's own, and each takes seconds.
    for (tried, slug) in stage.slugs.iter().step_by(4).enumerate() {
        let mut simulation = None;
        for one in stage.simulations.iter().filter(|s| s.slug == *slug && s.has_seed()) {
            if simulation.is_none() && !one.is_still()? {
                simulation = Some(one);
            }
        }
        let Some(simulation) = simulation else { continue };
        let (name, root) = (simulation.address(), simulation.root());
        let [gif, cancel] = ["gif", "cancel"].map(|kind| format!("{root} [data-save={kind}]"));
        session.open(&simulation.page(&[("seed".to_owned(), "3".to_owned())], Some(2))).await?;
        session.adopted(&root).await?;
        let there =
            "const s = document.querySelector(a).dataset; return s.state === 'paused' && s.step === '2'";
        session.until_of("the moment is reached", there, &*root).await?;
        session.ask(LISTEN, Json::Null).await?;
        session.click(&format!("{root} [data-action=share]")).await?;

        // What is no number is said, and nothing begins.
        session.ask(FILM, json!([root, "many", "480"])).await?;
        session.click(&gif).await?;
        let told = format!("{STATE}.includes('“many” is no number of steps')");
        session.until_of("a wrong number is told", &told, &*root).await?;

        // Cancelled, nothing is left of it.
        let shown = "return document.querySelector(`${a} [data-making]`).checkVisibility()";
        session.ask(FILM, json!([root, "4000", "1280"])).await?;
        session.click(&gif).await?;
        session.until_of("the film is being made", shown, &*root).await?;
        session.click(&cancel).await?;
        let told = format!("{STATE}.includes('cancelled: nothing is saved')");
        session.until_of("it is cancelled", &told, &*root).await?;
        hold(!session.is(shown, &*root).await?, || format!("{name}: the progress stays"))?;

        // A film of the next steps, as the terminal makes it.
        let readings =
            "return [...document.querySelectorAll(`${a} [data-readout]`)].map((e) => e.dataset.value).join()";
        let before = session.text(readings, &*root).await?;
        session.ask(FILM, json!([root, "8", "480"])).await?;
        session.click(&gif).await?;
        let given = "return !!saved.gif || document.querySelector(`${a} [data-save-state]`).textContent.startsWith('Nothing')";
        session.until_of(&format!("{name}: the film is given"), given, &*root).await?;
        let state = session.text(STATE, &*root).await?;
        let bytes = "let text = ''; for (const byte of saved.gif ?? []) text += String.fromCharCode(byte); return btoa(text)";
        let file = STANDARD.decode(session.text(bytes, Json::Null).await?)?;
        hold(!file.is_empty(), || format!("{name}: {state}"))?;
        let page = played(&file)?;
        hold(session.text(readings, &*root).await? == before, || format!("{name}: the run is disturbed"))?;
        let said = "return /-2-\\d+\\.gif is saved/.test(document.querySelector(`${a} [data-save-state]`).textContent)";
        session.until_of(&format!("{name}: the film is saved"), said, &*root).await?;

        let end =
            page.comment.lines().next().and_then(|address| address.rsplit("at=").next()).unwrap_or_default();
        let out = std::env::temp_dir().join(format!("tinkerable-film-{}.gif", std::process::id()));
        let (site, seconds) = (format!("{}/", session.origin), page.delays.iter().sum::<u16>() / 100);
        let words = format!(
            "film {name} seed=3 --steps 2..{end} --seconds {seconds} --width 480 --theme dark --url {site} --out {}",
            out.display()
        );
        simulation.terminal(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())?;
        let terminal = played(&std::fs::read(&out)?)?;
        std::fs::remove_file(&out)?;
        hold(
            page.comment == terminal.comment && page.comment.contains(&format!("{site}embed/{name}/")),
            || format!("{name}: {} against {}", page.comment, terminal.comment),
        )?;
        hold(page.size == terminal.size && page.size[0] == 480, || format!("{name}: {:?}", page.size))?;
        hold(page.delays == terminal.delays && page.delays.len() > 1, || {
            format!("{name}: {:?} against {:?}", page.delays, terminal.delays)
        })?;

        // Each end shows what the browser paints of the terminal's SVG, but for shades that share a place of the palette.
        for (picture, step) in [(page.pictures.first(), "2"), (page.pictures.last(), end)] {
            let words = format!("figure {name} seed=3 --steps {step} --width 456 --theme dark --url {site}");
            let svg = simulation.terminal(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())?;
            let paint = "const detail = { kind: 'pixels', content: a }; \
                         dispatchEvent(new CustomEvent('tinkerable-save', { detail })); \
                         detail.pixels.then(({ data }) => { let text = ''; \
                         for (const byte of data) text += String.fromCharCode(byte); window.painted = btoa(text) })";
            session.ask("delete window.painted", Json::Null).await?;
            session.ask(paint, svg).await?;
            session.until("the picture is painted", "return !!window.painted").await?;
            let painted = STANDARD.decode(session.text("return painted", Json::Null).await?)?;
            let picture = picture.map(Vec::as_slice).unwrap_or_default();
            hold(painted.len() == 4 * picture.len(), || format!("{name}: another size at step {step}"))?;
            let apart = |(a, b): (&[u8; 3], &[u8])| -> u32 {
                a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
            };
            let apart: Vec<u32> = picture.iter().zip(painted.chunks_exact(4)).map(apart).collect();
            let same = apart.iter().filter(|square| **square == 0).count() as f64 / apart.len() as f64;
            let most = apart.iter().max().copied().unwrap_or(0);
            hold(same > 0.95 && most < 30 * 30, || {
                format!("{name}: {same} the same, {most} (squared) apart at step {step}")
            })?;
        }
        if tried == 0 {
            let painted = STANDARD.decode(session.text("return painted", Json::Null).await?)?;
            let hundredths = page.delays.iter().map(|delay| f64::from(*delay)).sum();
            a_video_shows_the_same(session, &root, page.size, hundredths, &painted).await?;
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{name}: {complaints:?}"))?;
    }
    Ok(())
}

/// The film as a video, played by an empty page: as large, as long, and its last picture is the painted one but for
/// what H.264 does to colours.
async fn a_video_shows_the_same(
    session: &Session,
    root: &str,
    size: [usize; 2],
    hundredths: f64,
    painted: &[u8],
) -> Outcome {
    session.click(&format!("{root} [data-save=mp4]")).await?;
    let ready = "return !!saved.mp4 || document.querySelector(`${a} [data-save-state]`).textContent.startsWith('Nothing')";
    session.until_of("the video is given", ready, root).await?;
    let state = session.text(STATE, root).await?;
    let file = given(session, "mp4").await?;
    hold(!file.is_empty(), || state)?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))?;
    session.driver.goto("about:blank").await?;
    // A browser that is busy says that it has found the place before it has unpacked the picture.
    let play = "const bytes = Uint8Array.from(atob(a), (c) => c.charCodeAt(0)); \
                window.film = document.createElement('video'); film.muted = true; \
                film.src = URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' })); \
                film.onloadedmetadata = () => { film.currentTime = film.duration - 0.1; }; \
                const canvas = document.createElement('canvas'); const pen = canvas.getContext('2d'); \
                const look = () => { canvas.width = film.videoWidth; canvas.height = film.videoHeight; \
                pen.drawImage(film, 0, 0); const { data } = pen.getImageData(0, 0, canvas.width, canvas.height); \
                if (!data[3]) return setTimeout(look, 50); \
                let text = ''; for (const byte of data) text += String.fromCharCode(byte); window.last = btoa(text); }; \
                film.onseeked = look";
    session.ask(play, STANDARD.encode(&file)).await?;
    session.until("the video plays", "return !!window.last").await?;
    let about = "return [film.videoWidth, film.videoHeight, Math.round(100 * film.duration)]";
    let about = session.ask(about, Json::Null).await?;
    let [width, height] = size.map(|side| side & !1);
    let wanted = json!([width, height, hundredths as u64]);
    hold(about == wanted, || format!("the video is {about}, not {wanted}"))?;
    let last = STANDARD.decode(session.text("return last", Json::Null).await?)?;
    let (mut apart, mut count) = (0.0, 0.0);
    for (seen, drawn) in last.chunks_exact(4 * width).zip(painted.chunks_exact(4 * size[0])) {
        for (a, b) in seen.iter().zip(drawn) {
            apart += f64::from(a.abs_diff(*b));
            count += 1.0;
        }
    }
    hold(apart / count < 6.0, || format!("the video's last picture is {} apart", apart / count))
}

/// The parts of a deck by name.
fn parts(file: Vec<u8>) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file))?;
    let mut parts = BTreeMap::new();
    for i in 0..zip.len() {
        let mut part = zip.by_index(i)?;
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        parts.insert(part.name()?.into_owned(), content);
    }
    Ok(parts)
}

/// What the page gave to the browser to save, of a kind.
async fn given(session: &Session, kind: &str) -> Outcome<Vec<u8>> {
    let bytes = "let text = ''; for (const byte of saved[a] ?? []) text += String.fromCharCode(byte); return btoa(text)";
    Ok(STANDARD.decode(session.text(bytes, kind).await?)?)
}

pub async fn a_talk_is_taken_along_as_slides_and_as_a_film(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    session.still().await?;
    for (i, slug) in stage.slugs.iter().enumerate().take(2) {
        let Some(simulation) = stage.simulations.iter().find(|s| s.slug == *slug) else { continue };
        let root = simulation.root();
        session.open(&simulation.page(&[], None)).await?;
        session.adopted(&root).await?;
        session
            .until("all of the page is alive", "return !!document.querySelector('html[data-live]')")
            .await?;
        session.ask(LISTEN, Json::Null).await?;
        session.click(&format!("{root} [data-action=share]")).await?;
        let choose = "const row = document.querySelector(`${a} [data-of-talk]`); \
                      row.querySelector('[data-save-theme]').value = 'dark'; \
                      row.querySelector('[data-talk-width]').value = '480'";
        session.ask(choose, &*root).await?;
        let [slides, film] = ["pptx", "talk"].map(|kind| format!("{root} [data-save={kind}]"));
        // In the page itself: between a look and a click all slides may be made.
        let at_once = "const cancel = document.querySelector(`${a} [data-save=cancel]`); \
                       document.querySelector(`${a} [data-save=pptx]`).click(); \
                       const look = setInterval(() => { if (cancel.checkVisibility()) { clearInterval(look); cancel.click(); } }, 4)";
        session.ask(at_once, &*root).await?;
        let told = format!("{STATE}.includes('cancelled: nothing is saved')");
        session.until_of("they are cancelled", &told, &*root).await?;
        session.click(&slides).await?;
        let ready = "const [root, kind] = a; return kind in saved || \
                     document.querySelector(`${root} [data-save-state]`).textContent.startsWith('Nothing')";
        session.until_of(&format!("{slug}: the slides are given"), ready, json!([root, "pptx"])).await?;
        let state = session.text(STATE, &*root).await?;
        let file = given(session, "pptx").await?;
        hold(!file.is_empty(), || format!("{slug}: {state}"))?;
        let page = parts(file)?;

        let out = std::env::temp_dir().join(format!("tinkerable-talk-{}.pptx", std::process::id()));
        let words = format!("slides {slug} --theme dark --url {}/ --out {}", session.origin, out.display());
        simulation.terminal(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())?;
        let terminal = parts(std::fs::read(&out)?)?;
        std::fs::remove_file(&out)?;
        let steps =
            session.number("return document.querySelectorAll('main [data-talk]').length", Json::Null).await?;
        let slides = page.keys().filter(|name| name.starts_with("ppt/slides/slide")).count();
        hold(slides as f64 == steps + 1.0, || format!("{slug}: {slides} slides of {steps} steps"))?;
        hold(page.keys().eq(terminal.keys()), || {
            format!("{slug}: {:?} against {:?}", page.keys(), terminal.keys())
        })?;
        for ((name, page), terminal) in page.iter().zip(terminal.values()) {
            // Two painters shade the rims of letters each in their own way.
            let same = if name.ends_with(".png") {
                page.get(16..24) == terminal.get(16..24)
            } else {
                page == terminal
            };
            hold(same, || format!("{slug}: {name} differs\n{:.600}", String::from_utf8_lossy(page)))?;
        }

        if i == 0 {
            session.click(&film).await?;
            session.until_of("the talk's film is given", ready, json!([root, "gif"])).await?;
            let page = played(&given(session, "gif").await?)?;
            let out = std::env::temp_dir().join(format!("tinkerable-talk-{}.gif", std::process::id()));
            let words = format!(
                "film {slug} --talk --theme dark --width 480 --url {}/ --out {}",
                session.origin,
                out.display()
            );
            simulation.terminal(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())?;
            let terminal = played(&std::fs::read(&out)?)?;
            std::fs::remove_file(&out)?;
            hold(page.size == terminal.size && page.size[0] == 480, || {
                format!("{:?} against {:?}", page.size, terminal.size)
            })?;
            hold(page.delays == terminal.delays && page.comment == terminal.comment, || {
                format!(
                    "{slug}: {:?} {} against {:?} {}",
                    page.delays, page.comment, terminal.delays, terminal.comment
                )
            })?;
        }
        let complaints = session.complaints().await?;
        hold(complaints.is_empty(), || format!("{slug}: {complaints:?}"))?;
    }
    Ok(())
}

async fn snippet(session: &Session, way: &str) -> Outcome<String> {
    session.text("return document.querySelector(`[data-snippet=${a}]`).textContent", way).await
}

pub async fn the_form_writes_what_it_shows(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let simulation = stage.simulations.iter().find(|s| s.has_seed());
    let Some(simulation) = simulation else { return Ok(()) };
    let (name, id) = (simulation.address(), &simulation.id);
    session.visit(&format!("embed/?figure={name}&{id}.seed=3")).await?;
    let source = "return document.querySelector('[data-preview]').src.includes(a)";
    session.until_of("the frame shows the figure", source, &*format!("{name}/?")).await?;
    let choose = "const [name, value] = a; const field = document.querySelector(`[name=${name}]`); \
                  field.value = value; field.dispatchEvent(new Event('change', { bubbles: true }))";
    for (field, value) in [("theme", "dark"), ("controls", "none"), ("width", "640")] {
        session.ask(choose, json!([field, value])).await?;
    }
    session.until_of("the frame obeys", source, "theme=dark").await?;
    let seed = format!("{id}.seed=3");
    let ways =
        "return [...document.querySelectorAll('[data-snippet]')].map((e) => e.dataset.snippet).join(' ')";
    let ways = session.text(ways, Json::Null).await?;
    hold(ways.split(' ').count() >= 14, || format!("the ways are {ways}"))?;
    for way in ways.split(' ') {
        let text = snippet(session, way).await?.replace("&amp;", "&");
        let pieces = match way {
            "element" => [&*name, "theme=\"dark\"", "controls=\"none\"", "value-seed=\"3\""],
            _ => [&*name, "theme=dark", "controls=none", &seed],
        };
        for piece in pieces {
            hold(text.contains(piece), || format!("{way} lacks {piece}: {text}"))?;
        }
    }
    // A slide has its own size, however high the figure is, and what does not fit there is told.
    session.ask(choose, json!(["controls", ""])).await?;
    session
        .until(
            "the slide says what it cuts",
            "return Number(document.querySelector('[name=height]').value) <= 552 || /shows 552 of \\d+ px; take controls=none/.test(document.querySelector('[data-cut=slidev]').textContent)",
        )
        .await?;
    let slide = snippet(session, "slidev").await?;
    hold(slide.contains("width=\"980\" height=\"552\""), || format!("Slidev's slide is {slide}"))?;
    hold(snippet(session, "iframe").await?.contains("width=\"640\""), || "the width is lost".to_owned())?;
    let code = "return document.querySelectorAll('[data-qr] svg path').length === 1";
    hold(session.is(code, Json::Null).await?, || "there is no QR code".to_owned())?;

    // A run that is kept in the frame stays in the words.
    session.visit(&format!("embed/?figure={name}&{id}.seed=3&{id}.kept=defaults")).await?;
    let heard = "document.querySelector('[data-preview]').contentWindow\
                 .postMessage({ tinkerable: 1, type: 'set', values: { seed: 4 } }, '*'); \
                 const link = document.querySelector('[data-snippet=link]').textContent; \
                 return link.includes(`${a}.seed=4`) && link.includes(`${a}.kept=defaults`)";
    session.until_of("the kept run is not forgotten", heard, &**id).await?;

    // What is done in the frame goes into the words.
    let set = "document.querySelector('[data-preview]').contentWindow\
               .postMessage({ tinkerable: 1, type: 'set', values: { seed: 5 } }, '*'); \
               return document.querySelector('[data-snippet=link]').textContent.includes(`${a}.seed=5`)";
    session.until_of("the frame's values arrive", set, &**id).await?;

    session.visit("embed/?figure=no/such").await?;
    let said = "return document.querySelector('[data-form-says]').textContent.includes('no/such')";
    session.until("a wrong figure is told", said).await
}

pub async fn a_talk_is_walked_by_a_clicker_and_handed_over(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    for slug in &stage.slugs {
        session.visit(NOBODY).await?;
        let deck = "window.heard = []; addEventListener('message', (e) => typeof e.data === 'string' && heard.push(e.data)); \
                    document.body.innerHTML = `<iframe width=1000 height=600 src=\"${a}\"></iframe>`";
        session.ask(deck, format!("{}/{slug}/?present=1", session.origin)).await?;
        session.driver.enter_frame(0).await?;
        let place = "return document.querySelector('.talk-place')?.textContent ?? ''";
        let begun = "return document.querySelector('.talk-place')?.textContent.startsWith('1 of ') ?? false";
        session.until(&format!("{slug}: the talk begins"), begun).await?;
        let all = session.text(place, Json::Null).await?;
        let all: usize = all.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        hold((5..=8).contains(&all), || format!("{slug} has {all} steps"))?;
        session.ask("document.body.tabIndex = -1; window.focus(); document.body.focus()", Json::Null).await?;
        for step in 1..=all {
            let alone = "const stage = document.querySelectorAll('.on-stage'); \
                         const seen = (s) => stage[0].querySelector(s)?.checkVisibility() ?? false; \
                         return stage.length === 1 && seen('.figure svg') && seen('.talk-sentence') \
                             && !seen('.transport') && !seen('.controls') && !seen('.readouts')";
            session.until(&format!("{slug}: step {step} is alone on the screen"), alone).await?;
            session.driver.action_chain().send_keys(Key::PageDown).perform().await?;
            if step < all {
                let next = format!(
                    "return (document.querySelector('.talk-place').textContent) === '{} of {all}'",
                    step + 1
                );
                session.until(&format!("{slug}: step {} comes", step + 1), &next).await?;
            }
        }
        session.driver.enter_default_frame().await?;
        session.until("the deck takes over", r#"return heard.at(-1) === '{"method":"next"}'"#).await?;
        session.driver.enter_frame(0).await?;
        session.driver.action_chain().send_keys(Key::Escape).perform().await?;
        let back =
            "return !document.querySelector('.on-stage') && document.querySelector('h1').checkVisibility()";
        session.until(&format!("{slug}: the page is back"), back).await?;
        session.driver.enter_default_frame().await?;
    }
    Ok(())
}

/// Where the talk stands in the window that is looked at, and its figure with all readings; nothing, while
/// that is on its way.
const STANDS: &str = "const s = document.querySelector('.on-stage'); const place = document.querySelector('.talk-place'); \
                      return s && place && s.dataset.state === 'paused' ? JSON.stringify([place.textContent, s.dataset.sim, s.dataset.step, \
                      [...s.querySelectorAll('[data-readout]')].map((e) => e.dataset.value)]) : ''";

/// Waits until both windows stand alike, and as `wanted` says, and looks at the second then.
async fn alike(session: &Session, what: &str, windows: [&WindowHandle; 2], wanted: &str) -> Outcome {
    let mut seen = [String::new(), String::new()];
    for _ in 0..400 {
        for (window, seen) in windows.into_iter().zip(&mut seen) {
            session.enter_window(window).await?;
            *seen = session.text(STANDS, Json::Null).await?;
        }
        if seen[0] == seen[1] && seen[0].contains(wanted) {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    fail(format!("{what}: the windows stand at {} and {}, not both at {wanted}", seen[0], seen[1]))
}

/// Opens a talk with a speaker's view; the windows of the audience and the speaker, which is looked at.
async fn two_windows(session: &Session, page: &str) -> Outcome<[WindowHandle; 2]> {
    session.still().await?;
    session.open(page).await?;
    let audience = session.driver.window().await?;
    session.click("[data-action=speak]").await?;
    let speaker = session.enter_new_window(&[&audience]).await?;
    let drawn = "return document.querySelector('.speaker .talk-place')?.textContent.startsWith('1 of ') \
                 && document.documentElement.hasAttribute('data-live')";
    session.until("the speaker's view is drawn", drawn).await?;
    Ok([audience, speaker])
}

pub async fn a_talk_is_given_in_two_windows_that_follow_each_other(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let [audience, speaker] = two_windows(session, "attention/").await?;
    let there = "const seen = (s) => document.querySelector(s)?.checkVisibility({ visibilityProperty: true }) ?? false; \
                 return seen('.on-stage .controls') && seen('.on-stage .transport') && seen('.speaker [data-shows=next]') \
                 && seen('.speaker [data-shows=picture] svg') && !seen('article > h1') && !seen('body > footer')";
    session.until("controls and the next step are there, and nothing else", there).await?;
    let clock = "return /^[0-9]+:[0-9]{2}$/.test(document.querySelector('[data-shows=passed]').textContent)";
    session.until("the clock goes", clock).await?;
    alike(session, "at the beginning", [&audience, &speaker], "1 of 7").await?;

    let press = async |key: Key| session.driver.action_chain().send_keys(key).perform().await;
    press(Key::PageDown).await?;
    alike(session, "a key in the speaker's", [&speaker, &audience], "2 of 7").await?;
    press(Key::PageDown).await?;
    alike(session, "a key in the audience's", [&audience, &speaker], "3 of 7").await?;

    // A control, with a key that is the talk's where no field has the focus.
    let value = "return document.querySelector('.on-stage [name=br]').value";
    let before = session.text(value, Json::Null).await?;
    session.press(".on-stage [name=br]", Key::Home).await?;
    session.until_of("the control moves", &format!("{value} !== a"), &*before).await?;
    let now = session.text(value, Json::Null).await?;
    alike(session, "a control in the speaker's", [&speaker, &audience], "3 of 7").await?;
    hold(session.text(value, Json::Null).await? == now, || "the audience's control stays".to_owned())?;

    // A run, which either stops where both then stand.
    session.enter_window(&speaker).await?;
    for _ in 0..2 {
        session.click("[data-does=back]").await?;
    }
    session.click(".on-stage [data-action=play]").await?;
    let steps = "return Number(document.querySelector('.on-stage').dataset.step) > 4";
    session.until("it runs", steps).await?;
    session.click(".on-stage [data-action=play]").await?;
    alike(session, "a run that is stopped", [&speaker, &audience], "1 of 7").await?;

    // Only the audience's screen goes dark, and a key gives it back to both.
    session.enter_window(&speaker).await?;
    session.click("[data-does=dark]").await?;
    let dark = "return getComputedStyle(document.documentElement, '::after').content !== 'none'";
    hold(!session.is(dark, Json::Null).await?, || "the speaker sits in the dark".to_owned())?;
    session.enter_window(&audience).await?;
    session.until("the audience's screen is dark", dark).await?;
    press(Key::PageDown).await?;
    session.until("a key gives it back", &dark.replace("!==", "===")).await?;
    alike(session, "after the dark", [&audience, &speaker], "1 of 7").await?;
    press(Key::Escape).await?;
    alike(session, "Escape in the speaker's", [&audience, &speaker], "1 of 7").await?;
    let complaints = session.complaints().await?;
    hold(complaints.is_empty(), || complaints.join("; "))
}

pub async fn either_window_of_a_talk_goes_on_without_the_other(stage: &mut Stage) -> Outcome {
    let session = &stage.session;
    let [audience, speaker] = two_windows(session, "attention/").await?;
    alike(session, "at the beginning", [&audience, &speaker], "1 of 7").await?;
    session.driver.refresh().await?;
    session.alive().await?;
    alike(session, "a view that was loaded again", [&audience, &speaker], "1 of 7").await?;
    session.driver.close_window().await?;
    session.enter_window(&audience).await?;
    session.driver.action_chain().send_keys(Key::PageDown).perform().await?;
    let second = "return document.querySelector('.on-stage .talk-place')?.textContent === '2 of 7'";
    session.until("the talk goes on without its speaker's view", second).await?;
    hold(!session.is("return !!document.querySelector('.on-stage > .message')", Json::Null).await?, || {
        "the audience is told of it".to_owned()
    })?;

    // Opened again it finds the talk by the name in the address.
    session
        .ask("open(location.search.replace('talk=', 'speaker='), '_blank', 'popup,noopener')", Json::Null)
        .await?;
    let speaker = session.enter_new_window(&[&audience]).await?;
    alike(session, "a view that was opened again", [&audience, &speaker], "2 of 7").await?;

    // The audience's is left; the speaker's says so, goes on, and leads back to it.
    session.enter_window(&audience).await?;
    session.visit(NOBODY).await?;
    session.enter_window(&speaker).await?;
    let alone = "return !document.querySelector('[data-says=closed]').hidden";
    session.until("the speaker is told", alone).await?;
    session.driver.action_chain().send_keys(Key::PageDown).perform().await?;
    let third = "return document.querySelector('.speaker .talk-place').textContent === '3 of 7'";
    session.until("the speaker's view goes on", third).await?;
    session.click("[data-leads]").await?;
    let audience = session.enter_new_window(&[&audience, &speaker]).await?;
    alike(session, "an audience's window that was opened again", [&audience, &speaker], "3 of 7").await?;
    session.until("the speaker is told", &alone.replace('!', "")).await?;

    session.click("[data-does=end]").await?;
    session.enter_window(&audience).await?;
    let over =
        "return !('presenting' in document.documentElement.dataset) && !location.search.includes('talk=')";
    session.until("the talk is over for the audience", over).await?;
    session.enter_window(&speaker).await?;
    session.driver.action_chain().send_keys(Key::PageUp).perform().await?;
    alike(session, "a talk that begins again", [&audience, &speaker], "2 of 7").await
}

pub async fn a_speakers_view_that_is_held_back_is_offered_again(stage: &mut Stage) -> Outcome {
    let session = &mut stage.session;
    session.before_pages("window.open = () => null").await?;
    session.open("attention/").await?;
    session.click("[data-action=speak]").await?;
    let leads = "return document.querySelector('.on-stage > .message a')?.getAttribute('href') ?? ''";
    session.until("the talk begins", "return 'presenting' in document.documentElement.dataset").await?;
    session
        .until("the way to the speaker's view is told", &leads.replace(" ?? ''", " !== undefined"))
        .await?;
    let href = session.text(leads, Json::Null).await?;
    hold(href.starts_with("?present=1&speaker="), || format!("it leads to {href}"))?;
    session.driver.action_chain().send_keys(Key::PageDown).perform().await?;
    let gone = "return document.querySelector('.on-stage .talk-place').textContent === '2 of 7' \
                && !document.querySelector('.message a')";
    session.until("the talk goes on without it", gone).await
}
