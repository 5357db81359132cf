// Links inside the site are followed in place: the next page's own HTML is fetched and takes the place
// of this one's, and the program stays. What this cannot do well it leaves to the browser: other sites,
// downloads, another window, an answer that is no page or none, a page of another version of the site,
// an update that waits, frames and files without an origin, browsers without the Navigation API.
{
  const html = document.documentElement;
  // The text comes first: were it still there while something around it changes, the browser would lay it out
  // once more before it takes the focus out of it.
  const PARTS = ["main", "a.skip", "header", "footer"].map((part) => `body > ${part}`);
  const OF_THE_PAGE = "title, meta[name=description], meta[property], meta[name^=twitter], link[rel=canonical], " +
    "link[rel=alternate], link[rel=manifest], link[rel=apple-touch-icon]";
  // So many pages are kept as text, and so many are fetched because links to them are in sight.
  const KEPT = 8, NEAR = 3;
  // How long a pointer rests on a link that is meant, ms.
  const MEANT = 65;
  // What takes longer than this is seen to take time, ms.
  const NOTICED = 150;

  // What belongs to a page and not to the site listens with this signal: it lets go when the page does.
  window.visit = new AbortController();

  const pages = new Map();
  const get = async (address, priority) => {
    const answer = await fetch(address, { priority });
    const isPage = answer.ok && answer.headers.get("content-type")?.startsWith("text/html");
    if (!isPage) throw new Error(`${address} is no page`);
    const text = await answer.text();
    // What the page needs of the program comes behind it.
    const pieces = window.bring?.(text.match(/data-pieces="([^"]*)"/)?.[1] ?? "", priority);
    return { address: answer.url, text, pieces };
  };
  // A page by its address: what follows its path concerns its figures, and not its text.
  const page = ({ origin, pathname }, priority = "auto") => {
    const address = origin + pathname;
    const known = pages.get(address);
    const text = known ?? get(address, priority);
    pages.delete(address);
    pages.set(address, text);
    if (!known) {
      text.catch(() => pages.delete(address));
      if (pages.size > KEPT) pages.delete(pages.keys().next().value);
    }
    return text;
  };

  // The page at an address, if it can take the place of this one.
  const read = async (url) => {
    const { address, text } = await page(url);
    const next = new DOMParser().parseFromString(text, "text/html");
    if (next.documentElement.dataset.version !== html.dataset.version) throw new Error(`${address} is of another version`);
    if (!PARTS.every((part) => next.querySelector(part))) throw new Error(`${address} is no page around a text`);
    return { next, path: new URL(address).pathname };
  };

  // A script that was parsed apart does not run: a copy of it does, where it is allowed by its digest.
  const ran = new Set([...document.scripts].map((script) => script.text || script.src));
  const run = (script, place) => {
    const copy = document.createElement("script");
    for (const { name, value } of script.attributes) copy.setAttribute(name, value);
    copy.text = script.text;
    ran.add(script.text || copy.src);
    place(copy);
  };

  const swap = (next) => {
    document.querySelector("dialog[open]")?.close();
    for (const part of PARTS) document.querySelector(part).replaceWith(next.querySelector(part));
    for (const old of [...html.attributes]) html.removeAttribute(old.name);
    for (const { name, value } of next.documentElement.attributes) html.setAttribute(name, value);
    for (const old of document.head.querySelectorAll(OF_THE_PAGE)) old.remove();
    document.head.append(...next.head.querySelectorAll(OF_THE_PAGE));
    // Those inside the text, the one that dresses each page before it is painted, and what is new.
    for (const script of document.querySelectorAll("main script")) run(script, (copy) => script.replaceWith(copy));
    for (const script of document.head.querySelectorAll("script[data-each]")) run(script, (copy) => script.replaceWith(copy));
    for (const script of next.body.querySelectorAll(":scope > script")) {
      if (!ran.has(script.text)) run(script, (copy) => document.body.append(copy));
    }
  };

  // Reading begins where a reader looks: at the place that the address names, or at the heading.
  const focus = () => {
    const place = document.getElementById(location.hash.slice(1)) ?? document.querySelector("main h1");
    if (!place) return;
    const added = !place.hasAttribute("tabindex");
    if (added) place.tabIndex = -1;
    place.focus({ preventScroll: true });
    if (added) place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  };

  // What a program says of the page that is left comes back when the reader does.
  const tell = (name, detail) => {
    dispatchEvent(new CustomEvent(`tinkerable-${name}`, { detail }));
    return detail;
  };
  const leave = () => {
    navigation.updateCurrentEntry({ state: { ...navigation.currentEntry.getState(), left: tell("leave", {}) } });
    window.visit.abort();
    window.visit = new AbortController();
    if (document.fullscreenElement) document.exitFullscreen();
  };

  // Heard by those who do not see that the page is another.
  const teller = document.createElement("p");
  teller.className = "visually-hidden";
  teller.role = "status";
  teller.dataset.arrived = "";

  const show = async (next, event) => {
    const begins = event.navigationType !== "traverse" && !location.hash;
    const change = () => {
      swap(next);
      if (begins) window.firstScreen.fold();
      if (!event.signal.aborted) event.scroll();
      focus();
    };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
    if (document.startViewTransition && !still) {
      const transition = document.startViewTransition(change);
      transition.ready.catch(() => {});
      await transition.updateCallbackDone;
    } else {
      change();
    }
    // What comes to life may change the address, which would break off a navigation that goes on.
    setTimeout(() => {
      tell("arrive", navigation.currentEntry.getState()?.left);
      near();
      teller.textContent = document.title;
      window.firstScreen.lay();
    });
  };

  // Entries of the history by the visit to a page that they belong to: fragments make more than one.
  const entries = new Map();
  let visits = 0;
  const note = () => entries.set(navigation.currentEntry.key, visits);

  let update;
  navigator.serviceWorker?.ready.then((found) => { update = found; });

  // The latest wish counts.
  let wish = 0;
  const BROWSER = "by the browser", IN_PLACE = "in place";
  // The page that is about to be shown. Browsers hold on to events and what they carry: this is carried beside.
  let ready;
  const follow = (to, history, info) => {
    const { committed, finished } = navigation.navigate(to.href, { history, info });
    for (const end of [committed, finished]) end.catch(() => {});
  };
  const go = async (to, history) => {
    const own = ++wish;
    // Every element has another pointer then: only where there is something to wait for.
    const waits = setTimeout(() => { html.dataset.leaving = ""; }, NOTICED);
    document.body.append(teller);
    const found = await read(to).catch(() => undefined);
    clearTimeout(waits);
    if (own !== wish) return;
    delete html.dataset.leaving;
    if (found) to.pathname = found.path;
    ready = found?.next;
    follow(to, history, found ? IN_PLACE : BROWSER);
  };

  const traverse = async (event) => {
    document.body.append(teller);
    const found = await read(new URL(event.destination.url)).catch(() => undefined);
    if (event.signal.aborted) return;
    if (found) await show(found.next, event);
    else location.reload();
  };

  const navigate = (event) => {
    const { destination, navigationType: type, info } = event;
    if (!event.canIntercept || event.hashChange || event.downloadRequest !== null || event.formData || info === BROWSER) return;
    const inPlace = (handler) => {
      wish++;
      leave();
      visits++;
      event.intercept({ handler, scroll: "manual", focusReset: "manual" });
    };
    if (info === IN_PLACE) {
      inPlace(() => {
        const next = ready;
        ready = undefined;
        return show(next, event);
      });
    } else if (type === "traverse") {
      const away = new URL(destination.url);
      const here = entries.get(destination.key) ?? (away.pathname + away.search === location.pathname + location.search && visits);
      if (destination.sameDocument && here !== visits) inPlace(() => traverse(event));
    } else if (type !== "reload" && !destination.sameDocument && event.cancelable && destination.url !== location.href && isNear(destination.url) && !update?.waiting) {
      event.preventDefault();
      go(new URL(destination.url), type);
    }
  };

  // Whether an address is of the site; those that ask for words of a text are for the browser to find.
  const site = new URL(html.dataset.root, location).href;
  const isNear = (address) => address.startsWith(site) && !address.includes("#:~:");

  // Pages that are about to be wanted, unless the reader saves data.
  const saves = () => navigator.connection?.saveData || navigator.connection?.effectiveType?.includes("2g");
  const prefetch = async (link) => {
    const elsewhere = link.target || link.hasAttribute("download") || link.pathname === location.pathname;
    if (saves() || !isNear(link.href) || elsewhere) return;
    const found = await page(link, "low").catch(() => undefined);
    await found?.pieces;
  };
  const linkOf = ({ target }) => target.closest?.("a[href]:not(svg *)");
  let meant;
  const mean = (event) => {
    clearTimeout(meant);
    const link = linkOf(event);
    if (link) meant = setTimeout(prefetch, MEANT, link);
  };
  const near = async () => {
    const { signal } = window.visit;
    let left = NEAR;
    // One after the other, the next topic first: all at once, the one that is wanted comes as late as the rest.
    let turn = Promise.resolve();
    const isNext = ({ rel }) => rel === "next";
    const watcher = new IntersectionObserver((seen) => {
      const links = seen.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target);
      for (const link of links.sort((a, b) => isNext(b) - isNext(a))) {
        if (left-- <= 0) continue;
        watcher.unobserve(link);
        turn = turn.then(() => signal.aborted || prefetch(link));
      }
    });
    signal.addEventListener("abort", () => watcher.disconnect(), { once: true });
    for (const link of document.querySelectorAll("main :is(.gallery, .onward) a")) watcher.observe(link);
  };

  if (window.navigation && self.origin !== "null" && location.protocol.startsWith("http")) {
    note();
    navigation.addEventListener("currententrychange", note);
    navigation.addEventListener("navigate", navigate);
    for (const kind of ["pointerover", "focusin"]) addEventListener(kind, mean, { passive: true });
    addEventListener("pointerdown", (event) => linkOf(event) && prefetch(linkOf(event)), { passive: true });
    window.firstScreen.whole.then(near);
  }
}
