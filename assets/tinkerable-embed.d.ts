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
export interface Refused extends Message {
  type: "error";
  /** What was wrong, and what would be right. */
  message: string;
}

export interface TinkerableEvents {
  ready: CustomEvent<Message>;
  readouts: CustomEvent<Readouts>;
  change: CustomEvent<Readouts>;
  height: CustomEvent<Height>;
  reasons: CustomEvent<Reasons>;
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
  play(): void;
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

declare global {
  interface HTMLElementTagNameMap {
    "tinkerable-figure": TinkerableFigure;
  }
}
