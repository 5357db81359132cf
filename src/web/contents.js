// Marks in the contents which section is being read, and opens them where there is room beside the text.
{
  const beside = matchMedia("(min-width: 100rem) and (min-height: 40rem)");
  let bound;
  const bind = () => {
    const contents = document.querySelector("#contents > details");
    if (!contents || bound === window.visit) return;
    bound = window.visit;
    const { signal } = bound;
    const links = [...contents.querySelectorAll("a")];
    const place = contents.querySelector("[data-place]");
    const named = (link) => link.getAttribute("href").slice(1);
    // Headings above the upper third of the window, as far up as they may be: the last of them is the place.
    const above = new Set();
    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) above[isIntersecting ? "add" : "delete"](target.id);
      const here = links.findLast((link) => above.has(named(link)));
      for (const link of links) {
        if (link === here) link.setAttribute("aria-current", "location");
        else link.removeAttribute("aria-current");
      }
      place.textContent = here?.textContent ?? "";
    }, { rootMargin: "1000000px 0px -66% 0px" });
    for (const link of links) watcher.observe(document.getElementById(named(link)));
    signal.addEventListener("abort", () => watcher.disconnect(), { once: true });

    const fit = () => { contents.open = beside.matches; };
    fit();
    beside.addEventListener("change", fit, { signal });
    // Elsewhere they lie over the text, and go when they have been used.
    const shut = () => { if (!beside.matches) contents.open = false; };
    addEventListener("click", ({ target }) => {
      if (!contents.contains(target) || target.closest("a")) shut();
    }, { signal });
    contents.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || beside.matches) return;
      contents.querySelector("summary").focus();
      shut();
    });
  };
  bind();
  addEventListener("tinkerable-arrive", bind);
}
