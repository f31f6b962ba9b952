/** Bytes and the few ways in which they are written as text here. */

export type Bytes = Uint8Array<ArrayBuffer>;

export function bytes(source: ArrayLike<number>): Bytes {
  return new Uint8Array(source);
}

export function concat(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(data: Bytes): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Null for anything but pairs of hexadecimal digits. */
export function fromHex(text: string): Bytes | null {
  if (text.length % 2 || !/^[0-9a-f]*$/i.test(text)) return null;
  return bytes(Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16)));
}

/** Base64url without padding (RFC 7515, 2); null for anything else, also for bits left over at the end. */
export function fromBase64Url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const data = bytes(Array.from(plain, (letter) => letter.charCodeAt(0)));
  return toBase64Url(data) === text ? data : null;
}

export function toBase64Url(data: Bytes): string {
  let plain = "";
  for (const byte of data) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null where the bytes are no UTF-8. */
export function utf8(data: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}
