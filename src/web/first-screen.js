// What stands first is shown first. The top of a page is painted in the page's own letters, which come
// with it. The rest is laid out after that, piece by piece, between which the page scrolls and answers.
// Slanted letters and those of formulas follow when something lives, unless they would move what is being
// read: then the upright ones lean, and the next page has them.
window.firstScreen = (() => {
  const root = document.documentElement;
  const after = (ms) => new Promise((done) => setTimeout(done, ms));
  const idle = () => new Promise((done) => window.requestIdleCallback?.(done, { timeout: 300 }) ?? setTimeout(done));
  // Browsers unpack letters while they go on, and would lay out the page without them first.
  root.dataset.undressed = "";
  const letters = ["Serif", "Sans"].map((family) => document.fonts.load(`1em "Tinkerable ${family}"`));
  Promise.race([Promise.allSettled(letters), after(1000)]).then(() => { delete root.dataset.undressed; });
  let isPainted = false;
  // A page or a frame out of sight is not painted.
  const painted = Promise.race([
    new Promise((done) => new PerformanceObserver(done).observe({ type: "paint", buffered: true })),
    after(document.hidden || window !== top ? 500 : 5000),
  ]).then(() => { isPainted = true; });

  // What is in the window: its blocks, and what is marked in their text. What a block out of sight or closed
  // has inside is not asked for its place: it would be laid out for that.
  const inWindow = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const read = () => {
    const blocks = [...document.querySelectorAll("header, main > :not(article), article > *")].filter(inWindow);
    const parts = "h1, h2, p, dt, figure, svg, table, input, li, li *, th, td, td *, article > p *";
    return blocks.flatMap((block) => [block, ...block.querySelectorAll(parts)])
      .filter((element) => !element.closest("details:not([open]) > :not(summary)") && inWindow(element));
  };
  const places = (elements) => elements.map((element) => {
    const { x, top, bottom } = element.getBoundingClientRect();
    return [x, top, Math.min(bottom, innerHeight)];
  });
  // What the browser has kept of an earlier page comes at once. In a sandboxed frame the storage throws.
  const known = (() => { try { return localStorage.getItem("fonts"); } catch { return null; } })();
  // The page that is reached in place may stand in another folder than this one, of which their addresses are.
  const base = document.baseURI;
  const placed = (source) => source.replace(/url\("([^"]*)"\)/g, (_, path) => `url("${new URL(path, base)}")`);
  // Fetches such of the faces that come late and puts them on, unless that moves what is in the window; whether
  // they stay.
  const isOfFormulas = ({ style }) => style.getPropertyValue("font-family").includes("Math");
  const wear = async (isWanted) => {
    const faces = [...document.getElementById("late").sheet.cssRules].filter(isWanted).map(({ style }) => {
      const said = (name) => style.getPropertyValue(name);
      return new FontFace(said("font-family").replaceAll('"', ""), placed(said("src")),
        { weight: said("font-weight"), style: said("font-style"), unicodeRange: said("unicode-range") });
    });
    await Promise.all(faces.map((face) => face.load()));
    if (!known) try { localStorage.setItem("fonts", "known"); } catch {}
    const elements = isPainted ? read() : [];
    const before = places(elements);
    for (const face of faces) document.fonts.add(face);
    const now = places(elements);
    if (before.some((place, block) => place.some((at, i) => !(Math.abs(now[block][i] - at) <= 3)))) {
      for (const face of faces) document.fonts.delete(face);
      return false;
    }
    return true;
  };
  // Blocks out of sight are laid out again one by one, while there is nothing else to do, so that the heights
  // that are remembered of them are those in these letters: a height is kept when the second frame begins.
  const again = async (blocks) => {
    for (const block of blocks) {
      await idle();
      block.dataset.again = "";
      block.getBoundingClientRect();
      await frame();
      await frame();
      delete block.dataset.again;
    }
  };
  // Late letters do not keep the program waiting: they come when something lives and the page has settled. Then
  // only what is in sight is laid out again. The page that takes the place of this one may be the first that
  // has any formulas.
  let slanted = known && wear((face) => !isOfFormulas(face)).catch(() => false);
  let counted;
  const dressOnce = async () => {
    while (!known && !("settled" in root.dataset)) await after(100);
    const hasFormulas = !!document.querySelector("math");
    let changed;
    if (!slanted) {
      counted = hasFormulas;
      slanted = wear((face) => hasFormulas || !isOfFormulas(face)).catch(() => false);
      if (await slanted) changed = "em, blockquote, math";
      else counted = false;
    }
    if (!counted && hasFormulas) {
      counted = true;
      counted = await wear(isOfFormulas).catch(() => false);
      if (counted) changed = "math";
      // Where they would have moved a formula that is being read, they come when it has gone by.
      else addEventListener("scrollend", dress, { once: true });
    }
    if (known || !changed) return;
    await again([...document.querySelectorAll("article > *")].filter((block) => block.querySelector(changed)));
  };
  // How many of these have begun, and how many of them still go on.
  let begun = 0;
  let dressing = 0;
  const dress = () => {
    begun++;
    dressing++;
    return dressOnce().finally(() => { dressing--; });
  };
  if (known) addEventListener("DOMContentLoaded", dress);
  for (const when of ["tinkerable-adopted", "tinkerable-arrive"]) addEventListener(when, dress);

  // Where a page is opened at its beginning, nobody sees the rest yet; whatever the reader does shows it.
  // The name of a navigation has the text that a link asks for, too, which the location hides.
  const unfold = () => {
    delete root.dataset.unfolding;
    settle();
  };
  // When all blocks have been laid out once in their letters, and whenever they have another width, their
  // heights are those that are remembered of what is out of sight.
  const frame = () => new Promise(requestAnimationFrame);
  let settling;
  const settle = async () => {
    delete root.dataset.settled;
    const own = settling = {};
    await slanted;
    await frame();
    await document.fonts.ready;
    await frame();
    await frame();
    if (settling === own) root.dataset.settled = "";
  };
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    if (settling) settle();
  });
  const fold = () => {
    root.dataset.unfolding = "";
    for (const asked of ["pointerdown", "keydown", "wheel", "touchmove", "beforeprint"]) {
      addEventListener(asked, unfold, { once: true, capture: true, passive: true });
    }
  };
  const [{ name, type } = {}] = performance.getEntriesByType("navigation");
  if (type === "navigate" && !location.hash && !name.includes("#")) fold();
  // The same for a page that took the place of another: it is the last one that is laid out.
  let laying;
  const lay = async () => {
    const own = laying = {};
    let begun = performance.now();
    for (const block of document.querySelectorAll("article > h2 ~ h2, article > h2 ~ h2 ~ *, article ~ *")) {
      if (!("unfolding" in root.dataset)) break;
      block.dataset.laid = "";
      block.getBoundingClientRect();
      if (performance.now() - begun > 6) {
        await idle();
        if (laying !== own) return;
        begun = performance.now();
      }
    }
    unfold();
  };
  const whole = (async () => {
    await painted;
    if (document.readyState === "loading") {
      await new Promise((done) => document.addEventListener("readystatechange", done, { once: true }));
      // What has been read lays out the top in a task of its own.
      await after(0);
    }
    await Promise.race([slanted, after(1000)]);
    if (!laying) await lay();
    if (!document.querySelector("[data-sim]")) dress();
  })();
  // The programs compute in lanes of 128 bits: whether the browser knows them, by the smallest program that does.
  const lanes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);
  const able = window.WebAssembly?.validate(lanes) ?? false;
  return { painted, whole, fold, lay, able, isDressed: () => begun > 0 && dressing === 0 };
})();
// The program is asked for as soon as its name has come, which is behind the letters: while that request is on its
// way the line is busy with the text, and what it brings comes when the line is free.
{
  const naming = new MutationObserver(() => {
    const { program, pieces = "" } = document.querySelector("[data-program]")?.dataset ?? {};
    if (!program) return;
    naming.disconnect();
    if (!window.firstScreen.able) return;
    const main = new URL(program, location).href;
    const hint = (rel, file) => {
      const link = Object.assign(document.createElement("link"), { rel, crossOrigin: "anonymous", href: new URL(file, main) });
      if (rel === "preload") link.as = "fetch";
      // The page that takes the place of this one has others.
      for (const end of ["load", "error"]) link.addEventListener(end, () => link.remove());
      document.head.append(link);
    };
    hint("modulepreload", `${main}.js`);
    for (const piece of pieces.split(" ").filter(Boolean)) hint("preload", piece);
    hint("preload", `${main}_bg.wasm`);
  });
  naming.observe(document.head, { childList: true });
}
// What is pressed before the program is there is pressed again once it is.
{
  let pressed = [];
  const buttons = ["[data-preset-button]", "[data-bet]"].concat(["play", "step", "reset", "defaults"].map((act) => `[data-action=${act}]`));
  addEventListener("click", (event) => {
    const button = event.target.closest?.(`[data-sim]:not([data-live]) :is(${buttons})`);
    if (!button) return;
    // Some of it may be bound by now: it is pressed once.
    event.stopImmediatePropagation();
    button.setAttribute("aria-busy", "true");
    pressed.push(button);
  }, true);
  addEventListener("tinkerable-adopted", ({ target }) => {
    const own = pressed.filter((button) => target.contains(button));
    pressed = pressed.filter((button) => !target.contains(button));
    for (const button of own) {
      button.removeAttribute("aria-busy");
      // Who wanted it to play has that already, where it runs by itself.
      if (button.dataset.action !== "play" || target.dataset.state !== "playing") button.click();
    }
  });
}
