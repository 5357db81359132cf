// What a reader has read, solved and bet on is remembered on this device alone, for the gallery to show: a
// topic is read when its end has been on screen. So are the answers to its questions, which their page replays.
{
  const note = (topic, learn) => {
    // In a sandboxed frame the storage throws.
    try {
      let all;
      try { all = JSON.parse(localStorage.getItem("reading")); } catch {}
      all = Object(all);
      learn(all[topic] ??= {});
      if (Object.keys(all[topic]).length) localStorage.setItem("reading", JSON.stringify(all));
    } catch {}
  };
  let bound;
  const bind = () => {
    const { topic } = document.querySelector("article[data-topic]")?.dataset ?? {};
    if (!topic || bound === window.visit) return;
    bound = window.visit;
    const { signal } = bound;
    const end = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      end.disconnect();
      note(topic, (own) => { own.read = true; });
    });
    end.observe(document.querySelector("main > .onward"));
    const questions = [...document.querySelectorAll("article [data-question]")];
    note(topic, ({ answers }) => questions.forEach(({ dataset }, i) => {
      const answer = Object(answers)[i + 1];
      if (typeof answer === "string") dataset.answer = answer;
    }));
    const simulation = (element) => element.closest("[data-sim]").dataset.sim.split("/")[1];
    const look = () => note(topic, (own) => {
      const add = (name, selector, say) => {
        const found = [...document.querySelectorAll(`article ${selector}`)].map(say);
        if (found.length) own[name] = [...new Set([...own[name] ?? [], ...found])];
      };
      add("solved", "[data-challenge].solved", (item) => `${simulation(item)}.${item.dataset.challenge}`);
      add("bets", "[data-bet][aria-pressed=true]", simulation);
      questions.forEach(({ dataset: { answer } }, i) => {
        if (answer) own.answers = { ...own.answers, [i + 1]: answer };
      });
    });
    const changes = new MutationObserver(look);
    for (const place of document.querySelectorAll("article :is([data-challenge], [data-bet], [data-question])")) {
      changes.observe(place, { attributeFilter: ["class", "aria-pressed", "data-answer"] });
    }
    signal.addEventListener("abort", () => { end.disconnect(); changes.disconnect(); }, { once: true });
  };
  bind();
  addEventListener("tinkerable-arrive", bind);
}
