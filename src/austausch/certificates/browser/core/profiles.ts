/** Profiles: what a kind of document seals (TR-03171 0.8 and 0.9). They come with the signed trust list. */

import { hex, type Bytes } from "./bytes";
import { ADMINISTRATIVE_08, ADMINISTRATIVE_09, integer, tag, type Day, type Seal } from "./codec";
import { SealError } from "./errors";
import { decodeDay, decodeValue, FIELD_TYPES, text, type FieldType } from "./values";

export type Titles = Readonly<Record<string, string>>;
type Presence = "required" | "optional" | "absent";
type Version = "0.8" | "0.9";

export interface Field {
  readonly tag: number;
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly maxLength: number;
  readonly title: Titles;
  readonly choices: Readonly<Record<string, Titles>>;
}
export interface Profile {
  readonly uuid: string;
  readonly version: Version;
  readonly title: Titles;
  readonly validFrom: Presence;
  readonly validTo: Presence;
  readonly status: Presence;
  readonly fields: readonly Field[];
}
export interface SealedValue {
  readonly field: Field;
  readonly value: string;
}
/** What a seal says under a profile. */
export interface Document {
  readonly values: readonly SealedValue[];
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
  readonly statusUri: string | null;
  readonly statusIndex: number | null;
}
type Head = Omit<Document, "values">;

const FIRST_CONTENT: Record<Version, number> = { "0.8": 0x04, "0.9": 0x0a };
const LONGEST_URI = 255;

/** The number of the seal's profile, 32 capital hexadecimal digits. */
export function numberOf(seal: Seal): string {
  const number = tag(seal, 0x00);
  if (number?.length !== 16) throw refused("The seal names no profile.");
  return hex(number).toUpperCase();
}

/** What the seal says, or a SealError naming what does not fit. */
export function read(profile: Profile, seal: Seal): Document {
  const kind = profile.version === "0.8" ? ADMINISTRATIVE_08 : ADMINISTRATIVE_09;
  if (seal.kind !== kind || numberOf(seal) !== profile.uuid) {
    throw new SealError("unknown_profile", "The seal is not of this profile.");
  }
  const head = profile.version === "0.9" ? read09(seal) : read08(seal);
  const presences: [Presence, unknown][] = [
    [profile.validFrom, head.validFrom],
    [profile.validTo, head.validTo],
    [profile.status, head.statusUri],
  ];
  for (const [presence, value] of presences) {
    if (value === null && presence === "required") throw refused("The seal lacks what its profile requires.");
    if (value !== null && presence === "absent") throw refused("The seal holds what its profile does not have.");
  }
  if (head.validFrom !== null && head.validTo !== null && head.validFrom > head.validTo) {
    throw refused("The seal is valid until a day before it is valid from.");
  }
  return { ...head, values: values(profile, seal) };
}

function values(profile: Profile, seal: Seal): SealedValue[] {
  const known = new Set(profile.fields.map((field) => field.tag));
  for (const message of seal.messages) {
    if (message.tag >= FIRST_CONTENT[profile.version] && !known.has(message.tag)) {
      throw refused("The seal holds a tag that its profile does not have.");
    }
  }
  const found: SealedValue[] = [];
  for (const field of profile.fields) {
    const data = tag(seal, field.tag);
    if (data !== null) found.push({ field, value: valueOf(field, data) });
    else if (field.required) throw refused(`The seal lacks ${field.name}.`);
  }
  return found;
}

function valueOf(field: Field, data: Bytes): string {
  if (data.length > field.maxLength) throw refused(`${field.name} is too long.`);
  const value = decodeValue(field.name, field.type, data);
  if (field.required && data.length === 0) throw refused(`${field.name} is empty.`);
  if (Object.keys(field.choices).length > 0 && !Object.hasOwn(field.choices, value)) {
    throw refused(`${field.name} has a value its profile does not have.`);
  }
  return value;
}

function read09(seal: Seal): Head {
  for (const message of seal.messages) {
    if (message.tag > 0x06 && message.tag < FIRST_CONTENT["0.9"]) throw refused("A tag without a meaning.");
  }
  const [profileUri, certificateUri, statusUri] = [uri(seal, 0x03), uri(seal, 0x04), uri(seal, 0x05)];
  if (profileUri === null || certificateUri === null) throw refused("The seal lacks an address.");
  const index = tag(seal, 0x06);
  if ((index === null) !== (statusUri === null)) throw refused("A status list or a place in it, but not both.");
  if (index !== null && (index.length < 1 || index.length > 4)) throw refused("The place is not 1 to 4 bytes.");
  const [from, to] = [tag(seal, 0x01), tag(seal, 0x02)];
  return {
    validFrom: from === null ? null : decodeDay("valid from", from),
    validTo: to === null ? null : decodeDay("valid to", to),
    statusUri,
    statusIndex: index === null ? null : integer(index),
  };
}

/** Version 0.8 writes both days into one message, joined by a NUL. */
function read08(seal: Seal): Head {
  const both = Array.from(tag(seal, 0x01) ?? [0]);
  const at = both.indexOf(0);
  if (at >= 0 && both.indexOf(0, at + 1) >= 0) throw refused("The dates of validity are more than two.");
  const parts = at < 0 ? [both] : [both.slice(0, at), both.slice(at + 1)];
  const [from = null, to = null] = parts.map((part) =>
    part.length === 0 ? null : decodeDay("validity", new Uint8Array(part)),
  );
  return { validFrom: from, validTo: to, statusUri: null, statusIndex: null };
}

function uri(seal: Seal, number: number): string | null {
  const data = tag(seal, number);
  if (data === null) return null;
  if (data.length < 1 || data.length > LONGEST_URI) throw refused("An address is empty or too long.");
  return text("an address", data);
}

function refused(message: string): SealError {
  return new SealError("profile", message);
}

/** A profile of the trust list; null where it is none. */
export function fromJson(data: unknown): Profile | null {
  if (!isObject(data) || !Array.isArray(data.fields)) return null;
  const version = data.version;
  const fields = data.fields.map(fieldFromJson);
  const sound = fields.filter((field) => field !== null);
  const presence = [data.valid_from ?? "optional", data.valid_to ?? "optional", data.status ?? "optional"];
  if (
    typeof data.uuid !== "string" || !/^[0-9A-F]{32}$/.test(data.uuid) || (version !== "0.8" && version !== "0.9") ||
    fields.length === 0 || sound.length !== fields.length || !presence.every(isPresence) ||
    sound.some((field) => field.tag < FIRST_CONTENT[version] || field.tag > 0xfe) ||
    new Set(sound.map((field) => field.tag)).size !== sound.length
  ) {
    return null;
  }
  const [validFrom, validTo, status] = presence as [Presence, Presence, Presence];
  return { uuid: data.uuid, version, title: titles(data.title), validFrom, validTo, status, fields: sound };
}

function fieldFromJson(data: unknown): Field | null {
  if (!isObject(data) || typeof data.name !== "string" || !Number.isInteger(data.tag)) return null;
  const type = FIELD_TYPES.find((known) => known === data.type);
  if (type === undefined) return null;
  const choices = isObject(data.choices) ? Object.entries(data.choices) : [];
  return {
    tag: data.tag as number,
    name: data.name,
    type,
    required: data.required !== false,
    maxLength: typeof data.max_length === "number" ? data.max_length : 255,
    title: titles(data.title),
    choices: Object.fromEntries(choices.map(([key, value]) => [key, titles(value)])),
  };
}

function titles(data: unknown): Titles {
  if (!isObject(data)) return {};
  return Object.fromEntries(Object.entries(data).map(([language, title]) => [language, String(title)]));
}

function isPresence(value: unknown): value is Presence {
  return value === "required" || value === "optional" || value === "absent";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
