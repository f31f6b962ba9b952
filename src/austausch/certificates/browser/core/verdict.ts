/** Is this seal genuine, and does it still hold? The same questions in the same order as `vdseal.verifying`.
 *
 * Nothing is fetched: what is believed comes in as arguments. Days are days in Germany. A list may be issued, and a
 * seal signed, up to five minutes after now, because clocks differ; nothing else is stretched.
 */

import type { Bytes } from "./bytes";
import { ADMINISTRATIVE_08, ADMINISTRATIVE_09, decode, type Day, type Seal } from "./codec";
import { publicKey } from "./curves";
import { SealError } from "./errors";
import { numberOf, read, type Document, type Profile } from "./profiles";
import { statusAt, type StatusList } from "./status";
import { find, type Issuer, type TrustList } from "./trust";

export type Outcome = "valid" | "not_in_force" | "not_genuine" | "undecided";
/** Why: the codes of `vdseal.verifying`, and two that only a browser has. */
export type Code =
  | "valid" | "revoked" | "suspended" | "expired" | "not_yet_valid"
  | "malformed" | "wrong_signature" | "test_seal" | "issuer_period" | "issuer_revoked" | "issuer_not_authorised"
  | "profile_violation"
  | "not_a_seal" | "unsupported_type" | "trust_list_expired" | "trust_list_not_yet_valid" | "unknown_issuer"
  | "unknown_profile" | "signed_in_future" | "status_list_missing" | "status_list_expired"
  | "status_list_not_yet_valid" | "status_unknown"
  // No list was ever loaded here; the issuer's key is on a curve that this program cannot compute with.
  | "trust_list_missing" | "unsupported_key";

const NOT_IN_FORCE: readonly Code[] = ["revoked", "suspended", "expired", "not_yet_valid"];
const FALSE: readonly Code[] = [
  "malformed", "wrong_signature", "test_seal", "issuer_period", "issuer_revoked", "issuer_not_authorised",
  "profile_violation",
];
const SKEW = 5 * 60 * 1000;

export interface Lists {
  readonly trust: TrustList | null;
  readonly status: ReadonlyMap<string, StatusList>;
}
/** An answer. `document` and `issuer` are there only when the signature and the profile fit. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly code: Code;
  readonly seal: Seal | null;
  readonly issuer: Issuer | null;
  readonly profile: Profile | null;
  readonly document: Document | null;
}
type Found = Partial<Omit<Verdict, "outcome" | "code">>;

/** `expectTest` is for test systems only: seals by test keys are then checked like others. */
export async function check(data: Bytes, lists: Lists, now: Date, expectTest = false): Promise<Verdict> {
  let seal: Seal;
  try {
    seal = decode(data);
  } catch (error) {
    return verdict(undecodable(error));
  }
  const { trust } = lists;
  if (seal.kind !== ADMINISTRATIVE_08 && seal.kind !== ADMINISTRATIVE_09) return verdict("unsupported_type");
  if (trust === null) return verdict("trust_list_missing");
  if (now.getTime() < trust.issued.getTime() - SKEW) return verdict("trust_list_not_yet_valid");
  if (now >= trust.expires) return verdict("trust_list_expired");
  const issuer = find(trust, seal);
  if (issuer === null) return verdict("unknown_issuer");
  const key = await publicKey(issuer.publicKey);
  if (key === null) return verdict("unsupported_key");
  if (!(await key.verifies(seal.signedBytes, seal.signature))) return verdict("wrong_signature");
  const refusal = issuerRefusal(issuer, seal.signed, now, expectTest);
  return refusal === null ? contents(seal, issuer, trust, lists.status, now) : verdict(refusal, { seal });
}

function undecodable(error: unknown): Code {
  if (!(error instanceof SealError)) throw error;
  if (error.code === "not_a_seal") return "not_a_seal";
  return error.code === "unsupported_version" || error.code === "unknown_category" ? "unsupported_type" : "malformed";
}

function issuerRefusal(issuer: Issuer, signed: Day, now: Date, expectTest: boolean): Code | null {
  if (issuer.test && !expectTest) return "test_seal";
  if (signed < issuer.notBefore || signed > issuer.notAfter) return "issuer_period";
  if (issuer.revokedFrom !== null && signed >= issuer.revokedFrom) return "issuer_revoked";
  return signed > dayInGermany(new Date(now.getTime() + SKEW)) ? "signed_in_future" : null;
}

function contents(
  seal: Seal, issuer: Issuer, trust: TrustList, status: ReadonlyMap<string, StatusList>, now: Date,
): Verdict {
  const number = attempt(() => numberOf(seal));
  if (number === null) return verdict("profile_violation", { seal });
  const profile = trust.profiles.get(number) ?? null;
  if (profile === null || seal.kind !== (profile.version === "0.8" ? ADMINISTRATIVE_08 : ADMINISTRATIVE_09)) {
    return verdict("unknown_profile", { seal });
  }
  if (!issuer.profiles.has(number)) return verdict("issuer_not_authorised", { seal });
  const document = attempt(() => read(profile, seal));
  if (document === null) return verdict("profile_violation", { seal });
  if (!maySeal(issuer, document)) return verdict("issuer_not_authorised", { seal });
  return verdict(inForce(document, status, now), { seal, issuer, profile, document });
}

/** Its own school number, and its own status list: not those of the school next door. */
function maySeal(issuer: Issuer, document: Document): boolean {
  for (const [name, allowed] of issuer.fields) {
    const sealed = document.values.find(({ field }) => field.name === name);
    if (sealed === undefined || !allowed.has(sealed.value)) return false;
  }
  return document.statusUri === null || issuer.statusUris.size === 0 || issuer.statusUris.has(document.statusUri);
}

function inForce(document: Document, lists: ReadonlyMap<string, StatusList>, now: Date): Code {
  const status = statusOf(document, lists, now);
  if (status === "revoked") return status;
  const today = dayInGermany(now);
  if (document.validTo !== null && today > document.validTo) return "expired";
  if (document.validFrom !== null && today < document.validFrom) return "not_yet_valid";
  return status;
}

function statusOf(document: Document, lists: ReadonlyMap<string, StatusList>, now: Date): Code {
  if (document.statusUri === null || document.statusIndex === null) return "valid";
  const list = lists.get(document.statusUri);
  if (list === undefined) return "status_list_missing";
  const status = statusAt(list, document.statusIndex);
  // Final, so it counts in a list of any age.
  if (status === "revoked") return "revoked";
  if (now.getTime() < list.issued.getTime() - SKEW) return "status_list_not_yet_valid";
  if (now >= list.expires) return "status_list_expired";
  if (status === "suspended") return "suspended";
  return status === "valid" ? "valid" : "status_unknown";
}

/** The value, or null where the seal does not fit its profile. */
function attempt<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

const germany = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Europe/Berlin", year: "numeric", month: "2-digit", day: "2-digit",
});

function dayInGermany(moment: Date): Day {
  return germany.format(moment);
}

function verdict(code: Code, found: Found = {}): Verdict {
  return { outcome: outcomeOf(code), code, seal: null, issuer: null, profile: null, document: null, ...found };
}

function outcomeOf(code: Code): Outcome {
  if (code === "valid") return "valid";
  if (NOT_IN_FORCE.includes(code)) return "not_in_force";
  return FALSE.includes(code) ? "not_genuine" : "undecided";
}
