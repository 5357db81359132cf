// A simulation of Tinkerable as an element of any page:
//
//   <script type="module" src="https://…/tinkerable-embed.js"></script>
//   <tinkerable-figure figure="attention/positions" theme="dark" controls="none"></tinkerable-figure>
//
// Attributes named like a control hold its value, and changing one changes the running simulation.
// Where HTML or the frame has the name already, write value-<control>: value-hidden, value-scale.
// It sends the events `ready`, `readouts`, `change`, `height`, `reasons`, `key` and `error`, with the message in
// `detail`; `change` bubbles, as that of a field does.
// The methods set, preset, play, pause, step, reset, get and why send the messages of these names, at once or
// as soon as the simulation is alive. tinkerable-embed.d.ts has all of it in types.

const VERSION = 1;
// What the frame takes beside the values of its simulation: while it runs, and only as it loads.
const LOOK = ["theme", "background", "controls", "scale"];
const FRAME = [...LOOK, "play", "present", "depend", "at", "kept"];
// Attributes of every element, and of every frame: no control is meant by them.
const OWN = new Set(
  ("figure site width height align allow allowfullscreen allowtransparency border frameborder loading longdesc " +
    "marginheight marginwidth name referrerpolicy sandbox scrolling src srcdoc accesskey anchor autocapitalize " +
    "autocorrect autofocus class contenteditable dir draggable enterkeyhint exportparts hidden id inert inputmode is " +
    "itemid itemprop itemref itemscope itemtype key lang nonce part popover ref role slot spellcheck style tabindex " +
    "title translate virtualkeyboardpolicy writingsuggestions xmlns adauctionheaders browsingtopics credentialless csp " +
    "fetchpriority hspace jsaction mozallowfullscreen ngskiphydration sharedstoragewritable vspace " +
    "webkitallowfullscreen").split(" "),
);
// Names of controls have neither hyphens nor capitals, as those of frameworks do: data-v-1, v-cloak, @click.
const isControl = (name) => !OWN.has(name) && !FRAME.includes(name) && /^[a-z][a-z0-9_]*$/.test(name) && !/^on[a-z]+$/.test(name);
const SITE = new URL(".", import.meta.url);
// A number of px, or a share of the room.
const length = (text) => (/^\d+(\.\d+)?$/.test(text ?? "") ? `${text}px` : /^\d+(\.\d+)?(px|%)$/.test(text ?? "") ? text : null);

class TinkerableFigure extends HTMLElement {
  #frame = document.createElement("iframe");
  // A sheet and no element: the host's policy may forbid style in the page.
  #sheet = new CSSStyleSheet();
  // Messages that wait until the simulation is alive.
  #waiting = [];
  #alive = false;
  // What the simulation said last, and its values as text.
  #told = null;
  #values = "";

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [this.#sheet];
    root.append(this.#frame);
    // Changes of one turn are taken together; frameworks set one attribute after another.
    new MutationObserver((changes) => this.#changed(changes)).observe(this, { attributes: true, attributeOldValue: true });
  }

  connectedCallback() {
    // Properties that were set before there was such an element.
    for (const name of [...REFLECTED, "play"]) {
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    addEventListener("message", this.#hear);
    this.#shape();
    this.#load();
  }

  disconnectedCallback() {
    removeEventListener("message", this.#hear);
    this.#alive = false;
    this.#frame.remove();
  }

  // Where a page moves it without taking it out, the frame lives on.
  connectedMoveCallback() {}

  #hear = ({ source, data }) => {
    if (source !== this.#frame.contentWindow || data?.tinkerable !== VERSION) return;
    if (data.type === "ready") {
      this.#alive = true;
      for (const message of this.#waiting.splice(0)) this.send(message.type, message);
    }
    this.dispatchEvent(new CustomEvent(data.type, { detail: data }));
    if (data.type !== "readouts") return;
    const values = JSON.stringify(data.values);
    const changed = this.#told && this.#values !== values;
    this.#told = data;
    this.#values = values;
    // Frameworks hear it at the root of their page.
    if (changed) this.dispatchEvent(new CustomEvent("change", { detail: data, bubbles: true }));
  };

  // Its own size and its frame's, and what a frame says of itself.
  #shape() {
    const [width, height] = [length(this.getAttribute("width")), length(this.getAttribute("height"))];
    this.#sheet.replaceSync(
      `:host { display: block; ${width ? `inline-size: ${width}; max-inline-size: 100%;` : ""} block-size: ${height ?? "30rem"} }
       :host([hidden]) { display: none } iframe { inline-size: 100%; block-size: 100%; border: 0; display: block }`,
    );
    const frame = this.#frame;
    frame.title = this.title || this.getAttribute("aria-label") || this.figure || "A figure";
    frame.allow = this.getAttribute("allow") ?? "clipboard-write; fullscreen; screen-wake-lock";
    frame.loading = this.getAttribute("loading") === "lazy" ? "lazy" : "eager";
    if (this.hasAttribute("sandbox")) frame.setAttribute("sandbox", this.getAttribute("sandbox"));
    if (this.hasAttribute("referrerpolicy")) frame.referrerPolicy = this.getAttribute("referrerpolicy");
    if (this.hasAttribute("name")) frame.name = this.getAttribute("name");
    frame.toggleAttribute("credentialless", this.hasAttribute("credentialless"));
  }

  // Shows the figure that the attributes name; nothing, as long as they name none.
  #load() {
    const figure = this.figure.replace(/^\/+|\/+$/g, "");
    this.#alive = false;
    if (!figure || !this.isConnected) {
      this.#frame.remove();
      return;
    }
    const address = new URL(`embed/${figure}/`, new URL(this.getAttribute("site") || ".", SITE));
    const put = (values, prefix = "") => {
      for (const [name, value] of Object.entries(values)) address.searchParams.set(prefix + name, value);
    };
    put(Object.fromEntries(FRAME.filter((name) => this.hasAttribute(name)).map((name) => [name, this.#asked(name)])));
    // With the simulation's name before it a value is never taken for the frame's. A plain name is read as any
    // address is: what no control could be called is left alone.
    const own = `${figure.split("/").at(-1)}.`;
    put(this.#controls((name) => isControl(name)));
    put(this.#controls((name) => name.startsWith("value-")), own);
    // It was taken out and put back: it goes on where it stood.
    const told = this.#told;
    if (told?.simulation === figure && told.step <= 1e6) {
      put(told.values, own);
      address.searchParams.set("at", told.step);
      address.searchParams.set("play", told.playing ? 1 : 0);
      if (told.kept) address.searchParams.set("kept", told.kept);
    } else {
      this.#told = null;
    }
    // A frame that stands in no page yet has no history: its first address adds nothing to the host's.
    this.#frame.remove();
    this.#frame.src = address;
    this.shadowRoot.append(this.#frame);
  }

  // Sends a message, or keeps it until somebody is there to hear it.
  send(type, fields = {}) {
    const message = { ...fields, tinkerable: VERSION, type };
    if (this.#alive) this.#frame.contentWindow?.postMessage(message, "*");
    else this.#waiting.push(message);
  }

  set(values) {
    this.send("set", { values });
  }
  preset(preset) {
    this.send("preset", { preset });
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
  // Why a readout stands where it stands: the event `reasons` answers.
  why(readout) {
    this.send("why", { readout });
  }
  // A method, and the attribute that says whether it runs when it opens: frameworks set `play={0}` as a property.
  get play() {
    return () => this.send("play");
  }
  set play(value) {
    reflect(this, "play", value === true ? "1" : value === false ? "0" : value);
  }

  // The values as the simulation has them; setting some changes those.
  get values() {
    return { ...(this.#told?.values ?? this.#controls()) };
  }
  set values(values) {
    this.set(values);
  }
  // The readouts as they were told last.
  get readouts() {
    return { ...this.#told?.readouts };
  }

  // What an attribute of the frame says: frameworks write `play={false}` as they like.
  #asked(name) {
    const text = this.getAttribute(name);
    return (name === "play" && { false: "0", true: "1", "": "1" }[text]) || text;
  }

  // The values that stand as attributes.
  #controls(are = (name) => name.startsWith("value-") || isControl(name)) {
    const all = [...this.attributes].filter(({ name }) => are(name));
    return Object.fromEntries(all.map(({ name, value }) => [name.replace(/^value-/, ""), value]));
  }

  #changed(changes) {
    const changed = (change) => this.getAttribute(change.attributeName) !== change.oldValue;
    const names = new Set(changes.filter(changed).map((change) => change.attributeName));
    if (!names.size) return;
    this.#shape();
    // What only its address says.
    if (["figure", "site", "present", "at", "kept", "sandbox", "credentialless"].some((name) => names.has(name))) {
      this.#told = null;
      this.#load();
      return;
    }
    // A message that is wrong in any part changes nothing: looks, controls and what may be none go apart.
    const [look, own, other] = [{}, {}, {}];
    for (const attribute of names) {
      // Without the attribute the default holds again.
      const name = attribute.replace(/^value-/, ""), value = this.getAttribute(attribute);
      if (LOOK.includes(attribute)) look[name] = value;
      else if (name !== attribute || isControl(name)) (this.#told && !(name in this.#told.values) ? other : own)[name] = value;
    }
    for (const values of [look, own, other]) {
      if (Object.keys(values).length && this.figure) this.set(values);
    }
    if (names.has("play") && this.figure) this.send(this.#asked("play") === "0" ? "pause" : "play");
  }
}

const reflect = (element, name, value) =>
  value == null || value === false ? element.removeAttribute(name) : element.setAttribute(name, value === true ? "" : value);

// Attributes that are properties, too.
const REFLECTED = ["figure", "site", "width", "height", "loading", "present", "at", "kept", ...LOOK];
for (const name of REFLECTED) {
  Object.defineProperty(TinkerableFigure.prototype, name, {
    get() {
      return this.getAttribute(name) ?? "";
    },
    set(value) {
      reflect(this, name, value);
    },
    configurable: true,
    enumerable: true,
  });
}

// A page may bring this script in twice.
if (!customElements.get("tinkerable-figure")) customElements.define("tinkerable-figure", TinkerableFigure);
