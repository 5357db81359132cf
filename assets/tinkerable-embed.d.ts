// The types of tinkerable-embed.js, for pages whose own scripts are written in TypeScript.

/** The value of a control: a number, a word, on or off. `null` is its default. */
export type Value = number | string | boolean | null;

/** What every message of the frame has. */
export interface Message {
  tinkerable: 1;
  /** `<topic>/<simulation>` */
  simulation: string;
  /** Of the message that this one answers. */
  id?: unknown;
}
export interface Readouts extends Message {
  type: "readouts";
  step: number;
  playing: boolean;
  values: Record<string, string>;
  readouts: Record<string, number | string | null>;
  /** The values of a run that this one is compared with. */
  kept?: string;
}
/** Why a readout stands where it stands, as `tinkerable why … --json` writes it. */
export interface Reasons extends Message {
  type: "reasons";
  address: string;
  readout: string;
  unit: string;
  step: number;
  reading: number | string | null;
  words: string;
  formula: null | { words: string; numbers: string; value: number | null };
  /** What the readout is, in a sentence. */
  means: string;
  history: [step: number, reading: number | string | null][];
  /** What each control does one step away, the largest effect first. */
  neighbours: {
    control: string;
    value: number | string;
    way: "up" | "down" | "other";
    reading: number | string | null;
    difference: number | null;
  }[];
  /** What other seeds make of it. */
  seeds: {
    least: number | null;
    most: number | null;
    mean: number | null;
    deviation: number | null;
    each: { seed: number; reading: number | string | null }[];
  };
}
export interface Height extends Message {
  type: "height";
  /** What the figure needs at its present width, px. */
  height: number;
}
/** A key that nothing in the frame uses: it belongs to the page. */
export interface Key extends Message {
  type: "key";
  key: string;
  code: string;
  keyCode: number;
  shiftKey: boolean;
}
export interface Refused extends Message {
  type: "error";
  /** What was wrong, and what would be right. */
  message: string;
}

export interface TinkerableEvents {
  ready: CustomEvent<Message>;
  readouts: CustomEvent<Readouts>;
  /** Bubbles. */
  change: CustomEvent<Readouts>;
  height: CustomEvent<Height>;
  reasons: CustomEvent<Reasons>;
  key: CustomEvent<Key>;
  error: CustomEvent<Refused>;
}

export interface TinkerableFigure extends HTMLElement {
  figure: string;
  site: string;
  theme: "" | "light" | "dark" | "auto";
  background: "" | "paper" | "transparent";
  /** `all`, `none`, or ids with commas. */
  controls: string;
  scale: string;
  width: string;
  height: string;
  loading: "" | "eager" | "lazy";
  present: string;
  at: string;
  kept: string;
  values: Record<string, Value>;
  readonly readouts: Record<string, number | string | null>;

  set(values: Record<string, Value>): void;
  preset(id: string): void;
  /** A method; what is assigned says whether it runs when it opens. */
  get play(): () => void;
  set play(runs: boolean | 0 | 1 | "0" | "1" | null | undefined);
  pause(): void;
  step(steps?: number): void;
  reset(): void;
  get(): void;
  why(readout: string): void;
  send(type: string, fields?: Record<string, unknown>): void;

  addEventListener<K extends keyof TinkerableEvents>(
    type: K,
    listener: (this: TinkerableFigure, event: TinkerableEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Attributes, listeners and whatever else a framework has for an element; names of controls hold their values. */
export interface TinkerableAttributes {
  figure?: string;
  site?: string;
  theme?: "light" | "dark" | "auto";
  background?: "paper" | "transparent";
  controls?: string;
  scale?: number | string;
  width?: number | string;
  height?: number | string;
  loading?: "eager" | "lazy";
  play?: boolean | 0 | 1 | "0" | "1";
  present?: number | string;
  at?: number | string;
  kept?: string;
  ref?: ((figure: TinkerableFigure | null) => unknown) | { current: TinkerableFigure | null } | string | null;
  key?: string | number | bigint | null;
  onready?: (event: TinkerableEvents["ready"]) => unknown;
  onreadouts?: (event: TinkerableEvents["readouts"]) => unknown;
  onchange?: (event: TinkerableEvents["change"]) => unknown;
  onheight?: (event: TinkerableEvents["height"]) => unknown;
  onreasons?: (event: TinkerableEvents["reasons"]) => unknown;
  onkey?: (event: TinkerableEvents["key"]) => unknown;
  onerror?: (event: TinkerableEvents["error"]) => unknown;
  [name: string]: any;
}

declare global {
  interface HTMLElementTagNameMap {
    "tinkerable-figure": TinkerableFigure;
  }
  // Preact, Solid, React before 19.
  namespace JSX {
    interface IntrinsicElements {
      "tinkerable-figure": TinkerableAttributes;
    }
  }
}

// Each only where its package is there.
// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "tinkerable-figure": TinkerableAttributes;
    }
  }
}
// @ts-ignore
declare module "vue" {
  interface GlobalComponents {
    "tinkerable-figure": new () => { $props: TinkerableAttributes };
  }
}
// @ts-ignore
declare module "svelte/elements" {
  interface SvelteHTMLElements {
    "tinkerable-figure": TinkerableAttributes;
  }
}
