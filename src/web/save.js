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

async function paint(svg, scale, chunks) {
  // A picture sees no font of the page: it brings its own, or the system's does.
  const sheet = await text("fonts/fonts.css").then((all) => withFonts(all.match(SANS).join("")), () => "");
  const faces = sheet.replaceAll('"Tinkerable Sans"', "Inter");
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg.replace("><title>", `><style>${faces}</style><title>`)], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width * scale;
  canvas.height = image.height * scale;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const blob = await new Promise((done) => canvas.toBlob(done));
  // Its density and where it comes from stand behind its header: lab::figure::picture.
  return new Blob([blob.slice(0, 33), chunks, blob.slice(33)], { type: "image/png" });
}

// What goes into one file that is the simulation.
async function parts(address) {
  const page = await text(`embed/${address}/index.html`);
  const program = page.match(/data-program="..\/..\/..\/(.*?)"/)[1];
  const script = await text(`${program}.js`);
  // As lab::share::standalone::pieces has it.
  const files = (script.match(/site-[a-z-]+-[0-9a-f]{16}\.wasm/g) ?? [])
    .filter((file) => page.includes(file) || !/^site-(topic|search|form|guess|plain|free)-/.test(file));
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

addEventListener("tinkerable-save", async ({ target, detail: { kind, name, type, content, scale, chunks, source } }) => {
  // The program is answered when it has finished speaking.
  await null;
  try {
    if (kind === "parts") tell(target, await parts(content));
    else {
      const file = kind === "png" ? await paint(content, scale, chunks) : new Blob([content], { type });
      tell(target, give(file, name, source));
    }
  } catch (error) {
    tell(target, { sentence: `Nothing is saved: ${error.message}. Files are made out of the site that this page came from.` });
  }
});
