/** Signed lists: JSON Web Signature in compact form, ES256 only (RFC 7515, RFC 7518). */

import { fromBase64Url, toBase64Url, utf8, type Bytes } from "./bytes";
import { sha256, type PublicKey } from "./curves";
import { SealError } from "./errors";
import { parse } from "./json";
import { isObject } from "./profiles";

const LARGEST = 64 * 1024 * 1024;

/** The payload of a list of this type that one of `keys` has signed; raises a SealError otherwise. */
export async function open(
  token: string,
  type: string,
  keys: readonly PublicKey[],
): Promise<Record<string, unknown>> {
  if (token.length > LARGEST) throw bad("The list is larger than any list can be.");
  // As Python is told to: what counts as a space differs between the two languages.
  const parts = token.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "").split(".");
  const [head = "", body = "", last = ""] = parts;
  const signature = fromBase64Url(last);
  const header = object(head);
  if (parts.length !== 3 || signature === null || header === null) throw bad("This is no signed list.");
  if (header.alg !== "ES256" || header.typ !== type || "crit" in header) throw bad(`This is no list of type ${type}.`);
  const signed = new TextEncoder().encode(`${head}.${body}`) as Bytes;
  for (const key of keys) {
    if (key.curve !== "P-256" || (await keyId(key)) !== header.kid) continue;
    if (!(await key.verifies(signed, signature))) break;
    const payload = object(body);
    if (payload !== null) return payload;
  }
  throw bad("The signature of the list is wrong, or another key made it.");
}

/** base64url of the SHA-256 of the key: what a list names, and only a pinned one is looked for. */
export async function keyId(key: PublicKey): Promise<string> {
  return toBase64Url(await sha256(key.der));
}

export function moment(value: unknown): Date {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= 2 ** 35) throw bad("No time.");
  return new Date(value * 1000);
}

function object(part: string): Record<string, unknown> | null {
  const data = fromBase64Url(part);
  const text = data === null ? null : utf8(data);
  if (text === null) return null;
  try {
    const value = parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function bad(message: string): SealError {
  return new SealError("token", message);
}
