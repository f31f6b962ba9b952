/** Keeps the signed lists on this device: fetched from this host only, believed by their signature only.
 *
 * They name schools and say nothing of people, and they are all that is ever kept. A list older than the one that is
 * known is a replay and is not taken, also when it comes from the kept ones of another window.
 */

import { fromBase64, publicKey, type PublicKey } from "../core/curves";
import { readStatusList, type StatusList } from "../core/status";
import { readTrustList, type TrustList } from "../core/trust";
import type { Lists } from "../core/verdict";

const CACHE = "pruefen-listen";

export interface Age {
  issued: Date;
  expires: Date;
}

export class Keeper {
  private trust: TrustList | null = null;
  private readonly status = new Map<string, StatusList>();
  private keys: Promise<PublicKey[]> | null = null;

  /** `anchors`: the keys that may sign the trust list, base64, with spaces between them. `address`: of that list. */
  constructor(
    private readonly anchors: string,
    private readonly address: string,
  ) {}

  get ready(): boolean {
    return this.anchors !== "" && this.address !== "";
  }

  get any(): boolean {
    return this.trust !== null;
  }

  get lists(): Lists {
    return { trust: this.trust, status: this.status };
  }

  /** Of the trust list, and of the oldest status list. */
  ages(): { trust: Age | null; status: Age | null } {
    const oldest = [...this.status.values()].sort((a, b) => a.expires.getTime() - b.expires.getTime())[0];
    const complete = this.trust !== null && this.status.size >= this.trust.statusKeys.size;
    return { trust: this.trust, status: complete ? (oldest ?? null) : null };
  }

  /** Takes up what an earlier visit has kept. */
  async restore(): Promise<void> {
    const kept = await openCache();
    if (kept === null || !this.ready) return;
    await this.take(async (address) => (await kept.match(address))?.text() ?? null);
  }

  /** Fetches all lists anew. Whether every one of them could be had; what could not stays as it was. */
  async update(): Promise<boolean> {
    if (!this.ready) return false;
    // Another window may know newer ones: without them an old list would pass here, and be kept in their place.
    await this.restore();
    const kept = await openCache();
    return this.take(fetched, async (address, token) => {
      await kept?.put(address, new Response(token, { headers: { "Content-Type": "text/plain" } }));
    });
  }

  private async take(
    get: (address: string) => Promise<string | null>,
    keep: (address: string, token: string) => Promise<void> = async () => {},
  ): Promise<boolean> {
    let complete = await taken(this.address, get, keep, async (token) => {
      const list = await readTrustList(token, await this.pinned());
      if (this.trust !== null && list.issued < this.trust.issued) return false;
      this.trust = list;
      return true;
    });
    for (const [uri, der] of this.trust?.statusKeys ?? []) {
      const address = here(uri);
      if (address === null) continue;
      const done = await taken(address, get, keep, async (token) => {
        const key = await publicKey(der);
        const known = this.status.get(uri);
        if (key === null) return false;
        const list = await readStatusList(token, key, uri);
        if (known !== undefined && list.issued < known.issued) return false;
        this.status.set(uri, list);
        return true;
      });
      complete &&= done;
    }
    return complete;
  }

  private pinned(): Promise<PublicKey[]> {
    this.keys ??= Promise.all(
      this.anchors.split(" ").map(async (text) => {
        const der = fromBase64(text);
        return der === null ? null : publicKey(der);
      }),
    ).then((keys) => keys.filter((key) => key !== null));
    return this.keys;
  }
}

/** Whether a list could be had, is signed, and is not older than the known one. A bad one is as good as none. */
async function taken(
  address: string,
  get: (address: string) => Promise<string | null>,
  keep: (address: string, token: string) => Promise<void>,
  accept: (token: string) => Promise<boolean>,
): Promise<boolean> {
  try {
    const token = await get(address);
    if (token === null || !(await accept(token))) return false;
    await keep(address, token);
    return true;
  } catch {
    return false;
  }
}

async function fetched(address: string): Promise<string | null> {
  const answer = await fetch(address, { credentials: "omit", cache: "no-cache", referrerPolicy: "no-referrer" });
  return answer.ok ? answer.text() : null;
}

/** The signed trust list names full addresses; this page asks only its own host for their paths.
 *
 * With the host before it: a path that begins with two slashes would name another one.
 */
function here(uri: string): string | null {
  try {
    return location.origin + new URL(uri).pathname;
  } catch {
    return null;
  }
}

async function openCache(): Promise<Cache | null> {
  try {
    return await caches.open(CACHE);
  } catch {
    // Private windows of some browsers keep nothing: the lists then hold for this page.
    return null;
  }
}
