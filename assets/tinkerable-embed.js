// A simulation of Tinkerable as an element of any page:
//
//   <script type="module" src="https://…/tinkerable-embed.js"></script>
//   <tinkerable-figure figure="attention/positions" theme="dark" controls="none"></tinkerable-figure>
//
// Attributes named like a control hold its value, and changing one changes the running simulation.
// Where HTML or the frame has the name already, write value-<control>: value-hidden, value-scale.
// It sends the events `ready`, `readouts` and `error`, with the message in `detail`.
// The methods set, preset, play, pause, step, reset and get send the messages of these names.

const VERSION = 1;
// Attributes that belong to the element or to the frame, and not to the simulation.
const FRAME = ["theme", "background", "controls", "play", "scale", "present", "depend", "at"];
const OWN = new Set([...FRAME, "figure", "site", "class", "id", "style", "slot", "title", "hidden", "lang", "dir", "role", "tabindex", "loading"]);
const SITE = new URL(".", import.meta.url);

class TinkerableFigure extends HTMLElement {
  #frame = document.createElement("iframe");
  #watch = new MutationObserver((changes) => this.#changed(changes));
  #hear = (event) => {
    if (event.source === this.#frame.contentWindow && event.data?.tinkerable === VERSION) {
      this.dispatchEvent(new CustomEvent(event.data.type, { detail: event.data }));
    }
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    // A sheet and no element: the host's policy may forbid style in the page.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ":host { display: block; block-size: 30rem } :host([hidden]) { display: none } iframe { inline-size: 100%; block-size: 100%; border: 0; display: block }",
    );
    root.adoptedStyleSheets = [sheet];
    root.append(this.#frame);
  }

  connectedCallback() {
    const figure = this.getAttribute("figure") ?? "";
    const address = new URL(`embed/${figure}/`, new URL(this.getAttribute("site") ?? "", SITE));
    for (const name of FRAME) {
      if (this.hasAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
    }
    // With the simulation's name before it a value is never taken for the frame's.
    const simulation = figure.split("/").at(-1);
    for (const [name, value] of Object.entries(this.#values())) address.searchParams.set(`${simulation}.${name}`, value);
    this.#frame.title = this.title || figure;
    this.#frame.allow = "clipboard-write; fullscreen";
    this.#frame.loading = this.getAttribute("loading") ?? "eager";
    this.#frame.src = address;
    addEventListener("message", this.#hear);
    this.#watch.observe(this, { attributes: true });
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    this.#watch.disconnect();
  }

  send(type, fields = {}) {
    this.#frame.contentWindow?.postMessage({ tinkerable: VERSION, type, ...fields }, "*");
  }

  set(values) {
    this.send("set", { values });
  }
  preset(preset) {
    this.send("preset", { preset });
  }
  play() {
    this.send("play");
  }
  pause() {
    this.send("pause");
  }
  step(steps = 1) {
    this.send("step", { steps });
  }
  reset() {
    this.send("reset");
  }
  get() {
    this.send("get");
  }

  // The values that stand as attributes.
  #values() {
    const all = [...this.attributes].filter(({ name }) => !OWN.has(name) && !/^(data|aria)-/.test(name));
    return Object.fromEntries(all.map(({ name, value }) => [name.replace(/^value-/, ""), value]));
  }

  #changed(changes) {
    const names = new Set(changes.map((change) => change.attributeName.replace(/^value-/, "")));
    const values = Object.entries(this.#values()).filter(([name]) => names.has(name));
    if (values.length) this.set(Object.fromEntries(values));
  }
}

customElements.define("tinkerable-figure", TinkerableFigure);
