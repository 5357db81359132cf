// Keeps one version of the site, whole, and answers from it. Written by the build.
const VERSION = "{version}";
// Every file by its address, with the digest of its content.
const FILES = {files};
const PREFIX = "tinkerable ";
const CACHE = PREFIX + VERSION;
const SCOPE = registration.scope;
const DIGEST = "x-digest";
const AT_ONCE = 4;

// A file whose content is not that of this version fails the whole, so that a cache holds one version
// or is not used. What an earlier version has already is not fetched again.
async function keep(cache, path) {
  const url = new URL(path, SCOPE).href;
  const known = await caches.match(url);
  if (known?.headers.get(DIGEST) === FILES[path]) return cache.put(url, known);
  const response = await fetch(new Request(url, { integrity: `sha256-${FILES[path]}`, cache: "no-cache" }));
  if (!response.ok) throw new Error(`${path} has status ${response.status}`);
  const headers = new Headers(response.headers);
  headers.set(DIGEST, FILES[path]);
  // The body is unpacked by now.
  headers.delete("content-encoding");
  headers.delete("content-length");
  // A response that was redirected would be refused as an answer to a reader who opens a page.
  return cache.put(url, new Response(response.body, { headers }));
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  // Topics that are being read come first: their pages, and their piece of the program.
  const open = await clients.matchAll({ includeUncontrolled: true });
  const read = open.map(({ url }) => url.slice(SCOPE.length).split(/[/?#]/)[0]).filter(Boolean);
  const isRead = (path) => read.some((topic) => path.includes(topic));
  const waiting = Object.keys(FILES).sort((a, b) => isRead(a) - isRead(b));
  const work = async () => {
    for (let path; (path = waiting.pop()) !== undefined; ) await keep(cache, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function forgetOthers() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

// How often a page that is opened has been told to wait for the newer version.
let waits = 0;

async function answer(request) {
  const opens = request.mode === "navigate";
  // A newer version waits until no page of this one is open. When the last is about to be left, that
  // is so: the page that was asked for comes from the newer version then.
  // It takes over only while this one has nothing to answer, so it is given time, and not for ever. Asked
  // again at once, a page was seen to wait for good, if another had been closed in that very moment.
  if (opens && registration.waiting && waits < 3 && (await clients.matchAll()).length < 2) {
    registration.waiting.postMessage("now");
    return new Response("", { headers: { refresh: String(++waits) } });
  }
  const url = new URL(request.url);
  const path = url.href.slice(SCOPE.length).split(/[?#]/)[0].replace(/(^|\/)index\.html$/, "$1");
  const cache = await caches.open(CACHE);
  const kept = path in FILES && (await cache.match(new URL(path, SCOPE).href));
  if (kept) return kept;
  if (opens && `${path}/` in FILES) return Response.redirect(`${SCOPE}${path}/${url.search}`, 301);
  try {
    return await fetch(request);
  } catch (error) {
    const missing = opens && (await cache.match(new URL("404.html", SCOPE).href));
    if (missing) return new Response(missing.body, { status: 404, headers: missing.headers });
    throw error;
  }
}

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
addEventListener("message", ({ data }) => data === "now" && skipWaiting());
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(SCOPE)) event.respondWith(answer(request));
});
