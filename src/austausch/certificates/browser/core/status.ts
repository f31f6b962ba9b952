/** Status lists: one or two bits per certificate, compressed and signed (the shape of IETF Token Status List). */

import { fromBase64Url, concat, type Bytes } from "./bytes";
import type { PublicKey } from "./curves";
import { SealError } from "./errors";
import * as jws from "./jws";
import { isObject } from "./profiles";

const LARGEST = 4 * 1024 * 1024;

export type Status = "valid" | "revoked" | "suspended" | "reserved";
const STATUSES: readonly Status[] = ["valid", "revoked", "suspended", "reserved"];

export interface StatusList {
  readonly uri: string;
  readonly issued: Date;
  readonly expires: Date;
  readonly bits: 1 | 2;
  readonly data: Bytes;
}

/** The status at a place; null where the list is too short. The lowest bits of a byte are its first places. */
export function statusAt(list: StatusList, index: number): Status | null {
  const byte = list.data[Math.floor((index * list.bits) / 8)];
  if (index < 0 || byte === undefined) return null;
  return STATUSES[(byte >> ((index * list.bits) % 8)) & ((1 << list.bits) - 1)] ?? null;
}

/** A list by the key and with the address that the trust list names; raises a SealError otherwise. */
export async function readStatusList(token: string, key: PublicKey, uri: string): Promise<StatusList> {
  const payload = await jws.open(token, "statuslist+jwt", [key]);
  if (payload.sub !== uri) throw bad("The status list is one for another address.");
  const [issued, expires] = [jws.moment(payload.iat), jws.moment(payload.exp)];
  if (issued >= expires) throw bad("The status list expires before it was issued.");
  const body = payload.status_list;
  if (!isObject(body) || (body.bits !== 1 && body.bits !== 2) || typeof body.lst !== "string") {
    throw bad("The status list does not hold one or two bits per certificate.");
  }
  return { uri, issued, expires, bits: body.bits, data: await unpacked(body.lst) };
}

async function unpacked(text: string): Promise<Bytes> {
  const packed = fromBase64Url(text);
  if (packed === null) throw bad("The status list is no base64url.");
  const parts: Bytes[] = [];
  let size = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(new Uint8Array(step.value));
      size += step.value.length;
      if (size > LARGEST) break;
    }
    if (size > LARGEST) await reader.cancel();
  } catch {
    throw bad("The status list cannot be unpacked.");
  }
  if (size === 0 || size > LARGEST) throw bad("The status list is empty or too large.");
  return concat(...parts);
}

function bad(message: string): SealError {
  return new SealError("token", message);
}
