/** The service worker: keeps the page and its files, so that certificates can be checked without a network.
 *
 * It keeps nothing else: no request that the page makes for a certificate exists, and lists are kept by the page. Its
 * plan (which files) is written before it by the server, so that a new version of any file is a new service worker.
 */

interface Plan {
  version: string;
  page: string;
  files: string[];
}
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly plan: Plan;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

const worker = self as unknown as Scope;
const PREFIX = `pruefen:${worker.plan.page}:`;
const NAME = PREFIX + worker.plan.version;
const PATIENCE = 4000;

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === worker.plan.page) event.respondWith(page(request));
  } else if (worker.plan.files.includes(address.pathname)) {
    event.respondWith(file(address.pathname));
  }
});

async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  // As a visitor whom nobody knows: nothing of a signed-in person is kept on a shared computer.
  const asked = [worker.plan.page, ...worker.plan.files].map(
    (path) => new Request(path, { credentials: "omit", cache: "no-cache" }),
  );
  await cache.addAll(asked);
  await worker.skipWaiting();
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** The page as it is now; the kept one where no network answers within a few seconds. */
async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(NAME)).match(worker.plan.page);
  if (kept === undefined) return fetch(request);
  const fresh = fetch(request).then((answer) => (answer.status < 500 ? answer : kept));
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([fresh.catch(() => kept), late]);
}

async function file(path: string): Promise<Response> {
  return (await (await caches.open(NAME)).match(path)) ?? fetch(path);
}
