// The gallery narrowed down by a question, which stands in the address; and what this device remembers of
// its reader (web/remember.js), in words. It stands behind the cards, so that they are right when they are
// painted.
{
  const main = document.querySelector("main");
  const cards = [...main.querySelectorAll(".card")];

  const asks = [...main.querySelectorAll("[name=ask]")];
  const asked = new URLSearchParams(location.search).get("ask");
  (asks.find(({ value }) => value === asked) ?? asks[0]).checked = true;
  main.querySelector(".asks").addEventListener("change", ({ target: { value, labels } }) => {
    const query = new URLSearchParams(location.search);
    if (value) query.set("ask", value);
    else query.delete("ask");
    history.replaceState(history.state, "", `${location.pathname}${String(query) && `?${query}`}${location.hash}`);
    const shown = cards.filter(({ dataset }) => !value || dataset.asks.split(" ").includes(value)).length;
    main.querySelector("[data-shown]").textContent = `${labels[0].textContent}: ${shown} of ${cards.length} topics`;
  });

  const all = main.querySelector("[data-had-all]");
  const says = all.querySelector("p"), forget = all.querySelector("button");
  const counted = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;
  const show = () => {
    // In a sandboxed frame the storage throws, and somebody may have written something else there.
    let had = {};
    try { had = Object(JSON.parse(localStorage.getItem("reading"))); } catch {}
    let read = 0, solved = 0, bets = 0, answered = 0;
    const words = new Map(cards.map(({ dataset: { topic, challenges } }) => {
      const own = had[topic] ?? {}, parts = [];
      if (own.read && ++read) parts.push("read");
      const few = Math.min(own.solved?.length ?? 0, challenges);
      if (few && (solved += few)) parts.push(`${few} of ${challenges} solved`);
      const placed = own.bets?.length ?? 0;
      if (placed && (bets += placed)) parts.push(counted(placed, "bet"));
      answered += Object.keys(own.answers ?? {}).length;
      return [topic, parts.join(" · ")];
    }));
    for (const place of main.querySelectorAll("[data-had]")) {
      place.textContent = words.get(place.closest("[data-topic]").dataset.topic) ?? "";
    }
    const some = read + solved + bets + answered > 0;
    if (some) {
      says.textContent = `Read: ${read} of ${counted(cards.length, "topic")}. Solved: ${counted(solved, "challenge")}. ` +
        `Placed: ${counted(bets, "bet")}. ${answered ? `Answered: ${counted(answered, "question")}. ` : ""}Only this device knows.`;
    }
    return some;
  };
  all.hidden = !show();
  forget.addEventListener("click", () => {
    try { localStorage.removeItem("reading"); } catch {}
    show();
    // Nothing moves: the sentence takes the button's place, and the focus.
    says.textContent = "All of it is forgotten.";
    forget.hidden = true;
    says.focus();
  });
  // Back from a topic in another tab, or by a page that the browser had kept whole.
  const again = () => { if (!forget.hidden) all.hidden = !show(); };
  // The script that has a signal for the visit comes after this one.
  const visit = new AbortController(), { signal } = visit;
  addEventListener("storage", again, { signal });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) again(); }, { signal });
  addEventListener("tinkerable-leave", () => visit.abort(), { once: true });
}
