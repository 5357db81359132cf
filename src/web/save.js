// What only a browser can do with the files of a simulation: fetch, pack, paint, hand over.
// The program says what by the event "tinkerable-save"; it hears the rest by "tinkerable-saved".
const tell = (target, detail) => target.dispatchEvent(new CustomEvent("tinkerable-saved", { detail }));

async function get(path) {
  const response = await fetch(document.documentElement.dataset.root + path);
  if (!response.ok) throw new Error(`${path} has status ${response.status}`);
  return response;
}
const text = async (path) => (await get(path)).text();
const blob = async (path) => (await get(path)).blob();

function base64(blob) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
}

// A frame without an origin of its own is sandboxed, and no script is told whether it may save.
const mayFail = () => window !== top && self.origin === "null";

function give(file, name, source) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  const size = `${Math.ceil(file.size / 1000)} KB`;
  if (!mayFail()) return { sentence: `${name} is saved, ${size}.` };
  return {
    sentence: `If the browser gives you no ${name} (${size}) now, this frame may not save files: open ${source} in a tab of its own, and save it there.`,
  };
}

const SANS = /@font-face \{[^}]*"Tinkerable Sans";[^}]*\}/g;

// A page or a sheet with the fonts inside that it refers to.
async function withFonts(text) {
  for (const [reference, file] of text.matchAll(/url\("[^"]*?([^"/]+\.woff2)"\)/g)) {
    const font = await base64(await blob(`fonts/${file}`));
    text = text.replace(reference, `url(data:font/woff2;base64,${font})`);
  }
  return text;
}

// A picture sees no font of the page: it brings its own, or the system's does.
let faces;
const ownFaces = () => (faces ??= text("fonts/fonts.css")
  .then((all) => withFonts(all.match(SANS).join("")))
  .then((sheet) => sheet.replaceAll('"Tinkerable Sans"', "Inter"))
  .catch(() => (faces = "")));

async function canvasOf(svg, scale, options) {
  const dressed = svg.replace("><title>", `><style>${await ownFaces()}</style><title>`);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([dressed], { type: "image/svg+xml" }));
  try {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * scale;
    canvas.height = image.height * scale;
    canvas.getContext("2d", options).drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

async function paint(svg, scale, chunks) {
  const canvas = await canvasOf(svg, scale);
  const blob = await new Promise((done) => canvas.toBlob(done));
  // Its density and where it comes from stand behind its header: lab::figure::picture.
  return new Blob([blob.slice(0, 33), chunks, blob.slice(33)], { type: "image/png" });
}

// A picture of a film.
async function pixels(svg) {
  const canvas = await canvasOf(svg, 1, { willReadFrequently: true });
  const { width, height } = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height);
  // A canvas keeps its memory until somebody comes to collect it.
  canvas.width = canvas.height = 0;
  return data;
}

// A film's pictures as the browser encodes them: H.264, which slides and phones play.
function coder() {
  const pictures = [];
  let canvas, encoder, decoder, failed;
  const begin = async ({ width, height }) => {
    // What is halved for its colours has no odd side.
    canvas = Object.assign(document.createElement("canvas"), { width: width & ~1, height: height & ~1 });
    for (const codec of ["avc1.640028", "avc1.42e028"]) {
      const how = { codec, width: canvas.width, height: canvas.height, bitrate: 5e6, latencyMode: "realtime", avc: { format: "avc" } };
      if (!(await globalThis.VideoEncoder?.isConfigSupported(how).catch(() => 0))?.supported) continue;
      encoder = new VideoEncoder({
        output(picture, about) {
          const data = new Uint8Array(picture.byteLength);
          picture.copyTo(data);
          pictures.push({ data, whole: picture.type === "key" });
          decoder ??= about?.decoderConfig?.description;
        },
        error(why) { failed = why; },
      });
      encoder.configure(how);
      return;
    }
    throw new Error("it has no H.264 for pages: take the GIF");
  };
  let taken = 0;
  return {
    async add(svg) {
      const drawn = await canvasOf(svg, 1);
      if (!encoder) await begin(drawn);
      canvas.getContext("2d").drawImage(drawn, 0, 0);
      const frame = new VideoFrame(canvas, { timestamp: taken * 1e5 });
      encoder.encode(frame, { keyFrame: taken++ % 20 === 0 });
      frame.close();
      if (encoder.encodeQueueSize > 3) await encoder.flush();
      if (failed) throw failed;
    },
    async end() {
      await encoder.flush();
      encoder.close();
      const { width, height } = canvas;
      return { width, height, decoder: decoder && new Uint8Array(decoder), pictures };
    },
    async stop() {
      encoder?.close();
    },
  };
}

// What goes into one file that is the simulation.
async function parts(address) {
  const page = await text(`embed/${address}/index.html`);
  const program = page.match(/data-program="..\/..\/..\/(.*?)"/)[1];
  const script = await text(`${program}.js`);
  // As lab::share::standalone::pieces has it; the build writes which belong elsewhere.
  const files = (script.match(/site-[a-z-]+-[0-9a-f]{16}\.wasm/g) ?? [])
    .filter((file) => page.includes(file) || !/^({elsewhere})/.test(file));
  const pack = async (file) => {
    const packed = (await get(file)).body.pipeThrough(new CompressionStream("gzip"));
    return base64(await new Response(packed).blob());
  };
  const pieces = {};
  for (const file of files) pieces[file] = await pack(file);
  return {
    page: await withFonts(page),
    script,
    program: await pack(`${program}_bg.wasm`),
    pieces: JSON.stringify(pieces),
  };
}

addEventListener("tinkerable-save", async ({ target, detail }) => {
  const { kind, name, type, content, scale, chunks, source } = detail;
  // What the program itself takes, it gets at once, as a promise.
  if (kind === "pixels") {
    detail.pixels = pixels(content);
    return;
  }
  if (kind === "coder") {
    detail.coder = coder();
    return;
  }
  if (kind === "picture") {
    detail.picture = paint(content, scale, chunks).then((file) => file.arrayBuffer());
    return;
  }
  if (kind === "text") {
    detail.text = text(content);
    return;
  }
  // The program is answered when it has finished speaking.
  await null;
  try {
    if (kind === "parts") tell(target, await parts(content));
    else {
      const file = kind === "png" ? await paint(content, scale, chunks) : new Blob([content], { type });
      tell(target, give(file, name, source));
    }
  } catch (error) {
    tell(target, { sentence: `Nothing is saved: ${error.message.replace(/\.$/, "")}. Files are made out of the site that this page came from.` });
  }
});
