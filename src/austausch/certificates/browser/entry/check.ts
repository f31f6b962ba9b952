/** The page /pruefen/: takes a code by camera, file, text or address, and shows what the lists say about it.
 *
 * Nothing about a certificate leaves the device or outlives the page: the address's fragment is taken out of the
 * history at once, no storage but that of the signed lists is written.
 */

import { fromCode, fromFragment, fromText, toFragment, type Carried } from "../core/carrier";
import { check } from "../core/verdict";
import { Camera, CameraError } from "../page/camera";
import { Keeper } from "../page/keeper";
import { Reader, ReadingError, type Addresses, type FoundCode } from "../page/reading";
import { loadTexts, say } from "../page/texts";
import { part, showListAge, showVerdict } from "../page/view";

const MOST_RESULTS = 50;

class Checker {
  private readonly reader: Reader;
  private readonly camera: Camera;
  private readonly keeper: Keeper;
  private readonly said: HTMLElement;
  private readonly results: HTMLElement;
  private shown: Carried[] = [];
  private busy = false;

  constructor(private readonly root: HTMLElement) {
    this.said = part(root, "[data-said]");
    this.results = part(root, "[data-results]");
    this.reader = new Reader(root.dataset as unknown as Addresses);
    this.camera = new Camera(part<HTMLVideoElement>(root, "[data-video]"), this.reader, () => this.cameraStopped());
    this.keeper = new Keeper(root.dataset.anchor ?? "", root.dataset.trustList ?? "");
  }

  async start(): Promise<void> {
    this.root.hidden = false;
    const link = this.takeFragment();
    this.listen();
    this.prepareOffline();
    if (!this.keeper.ready) {
      part(this.root, "[data-unready]").hidden = false;
    }
    await this.keeper.restore();
    this.showAges();
    const fresh = this.keeper.update();
    if (link !== null) {
      // Without any list there is nothing to say yet; with one the answer comes at once, and again with the new one.
      if (!this.keeper.any) await fresh;
      await this.show([link]);
    }
    await fresh;
    await this.again();
  }

  /** Read on the device, and out of the address before anything else can see or keep it. */
  private takeFragment(): Carried | null {
    const link = fromFragment(location.hash);
    if (/^#1[0-9]/.test(location.hash)) history.replaceState(null, "", location.pathname + location.search);
    return link;
  }

  private listen(): void {
    const file = part<HTMLInputElement>(this.root, "[data-file]");
    file.addEventListener("click", () => this.reader.warm());
    file.addEventListener("change", () => {
      void this.readFiles([...(file.files ?? [])]);
      file.value = "";
    });
    part(this.root, "[data-camera-start]").addEventListener("click", () => void this.useCamera());
    part(this.root, "[data-camera-stop]").addEventListener("click", () => {
      this.camera.stop();
      part(this.root, "[data-camera-start]").focus();
    });
    part(this.root, "[data-next]").addEventListener("click", () => this.clear());
    part(this.root, "[data-update]").addEventListener("click", () => void this.updateLists());
    part(this.root, "[data-typed]").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.readTyped();
    });
    part<HTMLTextAreaElement>(this.root, "#pruefen-text").addEventListener("keydown", (event) => {
      // Hand scanners end with Enter.
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      void this.readTyped();
    });
    window.addEventListener("hashchange", () => {
      const link = this.takeFragment();
      if (link !== null) void this.show([link]);
    });
    window.addEventListener("online", () => void this.updateLists(false));
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) void this.readFiles(files);
    });
    this.listenForDrops();
    this.takeResultAlong();
  }

  private listenForDrops(): void {
    const target = part(this.root, "[data-drop]");
    document.addEventListener("dragenter", () => this.reader.warm());
    for (const name of ["dragenter", "dragover"]) {
      document.addEventListener(name, (event) => {
        event.preventDefault();
        target.classList.add("checker__drop--over");
      });
    }
    for (const name of ["dragleave", "drop"]) {
      document.addEventListener(name, () => target.classList.remove("checker__drop--over"));
    }
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.readFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** The other language opens with the same certificate; the fragment stays in the browser there, too. */
  private takeResultAlong(): void {
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[rel="alternate"][hreflang]')) {
      link.addEventListener("click", () => {
        const [only] = this.shown;
        if (this.shown.length === 1 && only !== undefined) link.hash = toFragment(only.seal);
      });
    }
  }

  private async readFiles(files: File[]): Promise<void> {
    if (files.length === 0 || this.busy) return;
    this.busy = true;
    this.camera.stop();
    this.results.replaceChildren();
    this.shown = [];
    const found: FoundCode[] = [];
    let problem = "";
    for (const file of files) {
      this.say("reading", { name: file.name });
      try {
        const progress = (page: number, of: number) => {
          if (of > 1) this.say("reading-page", { name: file.name, page: String(page), of: String(of) });
        };
        found.push(...(await this.reader.file(file, progress)));
      } catch (error) {
        problem = error instanceof ReadingError ? error.reason : "file-unreadable";
      }
    }
    this.busy = false;
    const carried = distinct(found);
    if (carried.length > 0) await this.show(carried);
    else this.say(problem || (found.length > 0 ? "other-code" : "no-code"));
  }

  private async readTyped(): Promise<void> {
    const field = part<HTMLTextAreaElement>(this.root, "#pruefen-text");
    const carried = fromText(field.value);
    if (carried === null) {
      this.say("typed-wrong");
      return;
    }
    field.value = "";
    await this.show([carried]);
  }

  private async useCamera(): Promise<void> {
    this.reader.warm();
    this.showCamera(true);
    this.say("camera-starting");
    try {
      const codes = await this.camera.look((seen) => {
        const found = distinct(seen).length > 0;
        if (!found) this.say(seen.length > 0 ? "camera-other-code" : "camera-looking");
        return found;
      });
      if (codes !== null) await this.show(distinct(codes));
    } catch (error) {
      part(this.root, "[data-camera-start]").focus();
      this.say(error instanceof CameraError || error instanceof ReadingError ? error.reason : "camera-missing");
    }
  }

  private cameraStopped(): void {
    this.showCamera(false);
    this.say("camera-stopped");
  }

  private showCamera(running: boolean): void {
    part(this.root, "[data-camera]").hidden = !running;
    part<HTMLButtonElement>(this.root, "[data-camera-start]").disabled = running;
    if (running) part(this.root, "[data-camera-stop]").focus();
  }

  private async show(carried: Carried[]): Promise<void> {
    this.camera.stop();
    this.shown = carried.slice(0, MOST_RESULTS);
    const title = await this.render();
    this.say(carried.length > 1 ? "found-several" : "", { count: String(carried.length) });
    title?.focus();
  }

  private async render(): Promise<HTMLElement | null> {
    const now = new Date();
    let first: HTMLElement | null = null;
    const made = document.createElement("div");
    for (const { seal, host } of this.shown) {
      const verdict = await check(seal, this.keeper.lists, now);
      const title = showVerdict(made, { verdict, host, listed: this.keeper.lists.trust?.issued ?? null }, now);
      first ??= title;
    }
    this.results.replaceChildren(...made.childNodes);
    part(this.root, "[data-after]").hidden = this.shown.length === 0;
    return first;
  }

  /** New lists may change an answer that stands there already. */
  private async again(): Promise<void> {
    this.showAges();
    if (this.shown.length === 0) return;
    const answers = () => [...this.results.querySelectorAll<HTMLElement>(".verdict")].map((one) => one.dataset.answer);
    const before = answers().join();
    const focused = this.results.contains(document.activeElement);
    const title = await this.render();
    if (focused) title?.focus();
    if (answers().join() !== before) this.say("answer-changed");
  }

  private async updateLists(aloud = true): Promise<void> {
    if (aloud) this.say("updating");
    const done = await this.keeper.update();
    await this.again();
    if (aloud) this.say(done ? "updated" : "not-updated");
  }

  private showAges(): void {
    const now = new Date();
    const { trust, status } = this.keeper.ages();
    showListAge(part(this.root, "[data-trust-age]"), trust?.issued ?? null, trust?.expires ?? null, now);
    showListAge(part(this.root, "[data-status-age]"), status?.issued ?? null, status?.expires ?? null, now);
  }

  private clear(): void {
    this.shown = [];
    this.results.replaceChildren();
    part(this.root, "[data-after]").hidden = true;
    this.say("cleared");
    part(this.root, "[data-camera-start]").focus();
  }

  /** Only what is new: screen readers would read the same words out with each picture of the camera. */
  private say(key: string, values: Record<string, string> = {}): void {
    const text = key === "" ? "" : say(key, values);
    if (this.said.textContent !== text) this.said.textContent = text;
  }

  private prepareOffline(): void {
    const state = part(this.root, "[data-offline-state]");
    const { offline, scope } = this.root.dataset;
    if (!("serviceWorker" in navigator) || offline === undefined || scope === undefined) {
      state.textContent = say("offline-impossible");
      return;
    }
    navigator.serviceWorker.register(offline, { scope }).then(
      async () => {
        await navigator.serviceWorker.ready;
        state.textContent = say("offline-ready");
        this.root.dataset.offlineReady = "";
      },
      () => {
        state.textContent = say("offline-impossible");
      },
    );
    offerToInstall(part(this.root, "[data-install]"));
  }
}

interface InstallPrompt extends Event {
  prompt(): Promise<void>;
}

function offerToInstall(button: HTMLElement): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.onclick = () => {
      button.hidden = true;
      void (event as InstallPrompt).prompt();
    };
  });
}

/** Each seal once: a page carries the same one in two codes. The one that names a host speaks for both. */
function distinct(codes: FoundCode[]): Carried[] {
  const found = new Map<string, Carried>();
  for (const code of codes) {
    const carried = fromCode(code);
    if (carried === null) continue;
    const key = carried.seal.join();
    if (found.get(key)?.host) continue;
    found.set(key, carried);
  }
  return [...found.values()];
}

const root = document.querySelector<HTMLElement>("[data-checker]");
const texts = document.getElementById("pruefen-texte");
if (root !== null && texts instanceof HTMLTemplateElement) {
  loadTexts(texts);
  void new Checker(root).start();
}
