/** Signatures: ECDSA with SHA-256, plain r‖s. P-256 by the browser, brainpoolP256r1 (which it lacks) by noble-curves.
 *
 * Only public data are computed with here, so nothing can be learnt from how long it takes.
 */

import { brainpoolP256r1 } from "@noble/curves/misc.js";

import { hex, type Bytes } from "./bytes";

export type Curve = "P-256" | "brainpoolP256r1";

export interface PublicKey {
  readonly curve: Curve;
  /** The SubjectPublicKeyInfo. */
  readonly der: Bytes;
  verifies(data: Bytes, signature: Bytes): Promise<boolean>;
}

const COORDINATE = 32;
const POINT = 2 * COORDINATE + 1;
// A SubjectPublicKeyInfo of these curves is one of these beginnings and an uncompressed point (RFC 5480).
const BEGINNINGS: Record<Curve, string> = {
  "P-256": "3059301306072a8648ce3d020106082a8648ce3d030107034200",
  brainpoolP256r1: "305a301406072a8648ce3d020106092b2403030208010107034200",
};
export const SIGNATURE_LENGTH = 2 * COORDINATE;

/** A key from its SubjectPublicKeyInfo; null for one of another curve, or no point of its curve. */
export async function publicKey(der: Bytes): Promise<PublicKey | null> {
  const start = hex(der.slice(0, der.length - POINT));
  const point = der.slice(der.length - POINT);
  if (start === BEGINNINGS["P-256"]) return p256(der);
  return start === BEGINNINGS.brainpoolP256r1 ? brainpool(der, point) : null;
}

async function p256(der: Bytes): Promise<PublicKey | null> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("spki", der, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  } catch {
    return null;
  }
  const how = { name: "ECDSA", hash: "SHA-256" };
  return {
    curve: "P-256",
    der,
    verifies: async (data, signature) =>
      signature.length === SIGNATURE_LENGTH && crypto.subtle.verify(how, key, signature, data),
  };
}

function brainpool(der: Bytes, point: Bytes): PublicKey | null {
  try {
    brainpoolP256r1.Point.fromBytes(point).assertValidity();
  } catch {
    return null;
  }
  return {
    curve: "brainpoolP256r1",
    der,
    verifies: async (data, signature) => {
      if (signature.length !== SIGNATURE_LENGTH) return false;
      try {
        // Foreign seals hold whichever of the two possible s came out.
        return brainpoolP256r1.verify(signature, data, point, { lowS: false });
      } catch {
        return false;
      }
    },
  };
}

/** base64url would be text; keys of lists come in base64 with padding (RFC 4648, 4). Null for anything else. */
export function fromBase64(text: string): Bytes | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  return new Uint8Array(Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}
