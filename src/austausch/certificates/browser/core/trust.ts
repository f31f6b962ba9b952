/** The trust list: which issuers, profiles and status lists are believed. No address in a seal is ever followed. */

import type { Bytes } from "./bytes";
import type { Day, Seal } from "./codec";
import { fromBase64, type PublicKey } from "./curves";
import { SealError } from "./errors";
import * as jws from "./jws";
import { fromJson, isObject, type Profile } from "./profiles";

export interface Issuer {
  readonly country: string;
  readonly signer: string;
  readonly reference: string;
  /** The SubjectPublicKeyInfo; read when a seal needs it, because there is one for each school. */
  readonly publicKey: Bytes;
  readonly names: readonly string[];
  readonly notBefore: Day;
  readonly notAfter: Day;
  readonly profiles: ReadonlySet<string>;
  readonly test: boolean;
  readonly revokedFrom: Day | null;
  /** The only values this issuer may seal, by name of the field. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  readonly statusUris: ReadonlySet<string>;
}
export interface TrustList {
  readonly issued: Date;
  readonly expires: Date;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly statusKeys: ReadonlyMap<string, Bytes>;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function find(list: TrustList, seal: Seal): Issuer | null {
  return list.issuers.get(nameOf(seal.country, seal.signer, seal.certificateReference)) ?? null;
}

/** A trust list that one of the pinned `anchors` has signed; raises a SealError otherwise. */
export async function readTrustList(token: string, anchors: readonly PublicKey[]): Promise<TrustList> {
  const payload = await jws.open(token, "trustlist+jwt", anchors);
  const [issued, expires] = [jws.moment(payload.iat), jws.moment(payload.exp)];
  if (issued >= expires) throw bad("The trust list expires before it was issued.");
  const issuers = new Map<string, Issuer>();
  for (const entry of entries(payload.issuers)) {
    const issuer = issuerOf(entry);
    const name = nameOf(issuer.country, issuer.signer, issuer.reference);
    if (issuers.has(name)) throw bad("An issuer occurs twice.");
    issuers.set(name, issuer);
  }
  const profiles = new Map<string, Profile>();
  for (const entry of entries(payload.profiles)) {
    const profile = fromJson(entry);
    if (profile === null || profiles.has(profile.uuid)) throw bad("A profile is wrong or occurs twice.");
    profiles.set(profile.uuid, profile);
  }
  const statusKeys = new Map<string, Bytes>();
  for (const entry of entries(payload.status_lists)) {
    const uri = text(entry.uri);
    if (statusKeys.has(uri)) throw bad("The address of a status list occurs twice.");
    statusKeys.set(uri, keyOf(entry.public_key));
  }
  return { issued, expires, issuers, profiles, statusKeys };
}

function issuerOf(data: Record<string, unknown>): Issuer {
  const fields = data.fields === undefined ? {} : data.fields;
  // What is not understood must not be left out: it binds the issuer.
  if (!isObject(fields)) throw bad("What an issuer may seal is not readable.");
  if (data.test !== undefined && typeof data.test !== "boolean") throw bad("Whether a key is for tests is not readable.");
  return {
    country: text(data.country),
    signer: text(data.signer),
    reference: text(data.reference),
    publicKey: keyOf(data.public_key),
    names: texts(data.names),
    notBefore: dayOf(data.not_before),
    notAfter: dayOf(data.not_after),
    profiles: new Set(texts(data.profiles)),
    test: data.test === true,
    revokedFrom: data.revoked_from === undefined ? null : dayOf(data.revoked_from),
    fields: new Map(Object.entries(fields).map(([name, values]) => [name, new Set(texts(values))])),
    statusUris: new Set(texts(data.status_uris === undefined ? [] : data.status_uris)),
  };
}

function keyOf(value: unknown): Bytes {
  const der = fromBase64(text(value));
  if (der === null) throw bad("A public key is no base64.");
  return der;
}

function nameOf(country: string, signer: string, reference: string): string {
  return `${country} ${signer} ${reference}`;
}

function entries(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw bad("A part of the trust list is missing.");
  return value;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) throw bad("A list is missing.");
  return value.map(text);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw bad("A text is missing.");
  return value;
}

function dayOf(value: unknown): Day {
  const day = text(value);
  const parsed = new Date(`${day}T00:00:00Z`);
  // Such as 30 February, which dates take for 2 March.
  if (!DAY.test(day) || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day) {
    throw bad("A day is missing.");
  }
  return day;
}

function bad(message: string): SealError {
  return new SealError("token", message);
}
