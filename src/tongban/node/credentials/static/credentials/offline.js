// Verifies an offline code against a bundle that was loaded before: trust list, types, status lists.
// Promises: what is forged throws; what is genuine gets a verdict, and only `valid` counts.

import { decode, toBeSigned } from './cbor.js'
import { base45, base64url, inflate } from './packing.js'
import { checkSm2 } from './sm2.js'

const PREFIX = 'TB1:'
const MOST_CODE = 4096
const MOST_LIST = 4 * 1024 * 1024
const LEEWAY = 60_000
const DAY = 86_400_000
const SM2_CURVE = 'urn:oid:1.2.156.10197.1.301'
const SM2_SIGNATURE = 'urn:oid:1.2.156.10197.1.501'

async function thumbprint (jwk) {
  const members = jwk.kty === 'EC'
    ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }
    : { crv: jwk.crv, kty: jwk.kty, x: jwk.x }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(members))))
}

function algorithm (jwk) {
  if (jwk.kty === 'EC' && jwk.crv === 'P-256') {
    return { cose: -7, jose: ['ES256'], load: { name: 'ECDSA', namedCurve: 'P-256' }, use: { name: 'ECDSA', hash: 'SHA-256' } }
  }
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') {
    return { cose: -8, jose: ['EdDSA', 'Ed25519'], load: { name: 'Ed25519' }, use: { name: 'Ed25519' } }
  }
  if (jwk.kty === 'EC' && jwk.crv === SM2_CURVE) {
    return { cose: SM2_SIGNATURE, jose: [SM2_SIGNATURE], check: checkSm2 }
  }
  return null
}

async function verifies (jwk, signature, data) {
  const suite = algorithm(jwk)
  if (suite === null) throw new Error('suite-not-here')
  if (suite.check) return suite.check(base64url(jwk.x), base64url(jwk.y), signature, data)
  const key = await crypto.subtle.importKey('jwk', { ...jwk, ext: true }, suite.load, false, ['verify'])
  return crypto.subtle.verify(suite.use, key, signature, data)
}

async function findKey (bundle, name) {
  const found = []
  for (const key of bundle.keys) {
    const print = await thumbprint(key.jwk)
    if (name.length === 8 && name.every((byte, at) => byte === print[at])) found.push(key)
  }
  return found.length === 1 ? found[0] : null
}

function inForce (key, signedAt, now) {
  if (key.revoked !== null && Date.parse(key.revoked) <= now) return false
  return signedAt >= Date.parse(key.from) && (key.until === null || signedAt <= Date.parse(key.until))
}

function claim (kind, path) {
  return kind.claims.find(one => one.path.join('.') === path.join('.'))
}

function read (definition, value) {
  if (value === null) {
    if (definition.required) throw new Error('claim-missing')
    return null
  }
  const isNumber = Number.isSafeInteger(value)
  switch (definition.kind) {
    case 'text': case 'decimal': if (typeof value === 'string') return value; break
    case 'boolean': if (typeof value === 'boolean') return value; break
    case 'integer': if (isNumber) return value; break
    case 'date': if (isNumber) return new Date(value * DAY).toISOString().slice(0, 10); break
    case 'month': if (isNumber) return `${1970 + Math.floor(value / 12)}-${String((value % 12 + 12) % 12 + 1).padStart(2, '0')}`; break
    case 'choice': if (isNumber && value >= 0 && value < definition.choices.length) return definition.choices[value].value; break
    case 'place': if (isNumber) return String(value); break
  }
  throw new Error('malformed')
}

async function status (bundle, key, number, index, now) {
  const uri = key.lists[number]
  if (uri === undefined) throw new Error('list-mismatch')
  const copy = bundle.lists[uri]
  if (copy === undefined || copy.issuer !== key.issuer) return 'status-stale'
  const [header, payload, signature] = copy.token.split('.')
  const head = JSON.parse(new TextDecoder().decode(base64url(header)))
  const signer = bundle.keys.find(one => one.issuer === key.issuer && one.jwk.kid === head.kid)
  if (signer === undefined) return 'status-stale'
  const suite = algorithm(signer.jwk)
  if (head.typ !== 'statuslist+jwt' || suite === null || !suite.jose.includes(head.alg)) return 'status-stale'
  const isSigned = await verifies(signer.jwk, base64url(signature), new TextEncoder().encode(`${header}.${payload}`))
  if (!isSigned) return 'status-stale'
  const members = JSON.parse(new TextDecoder().decode(base64url(payload)))
  const isInForce = Number.isFinite(members.iat) && members.iat * 1000 <= now + LEEWAY && inForce(signer, members.iat * 1000, now)
  if (members.sub !== uri || !isInForce) return 'status-stale'
  const bits = members.status_list.bits
  const list = await inflate(base64url(members.status_list.lst), MOST_LIST)
  if (![1, 2, 4, 8].includes(bits) || index >= list.length * 8 / bits) throw new Error('index-out-of-range')
  const place = index * bits
  const value = list[place >> 3] >> (place & 7) & (1 << bits) - 1
  if (value === 1) return 'revoked'
  const until = Math.min(Date.parse(bundle.fresh_until), members.exp === undefined ? Infinity : members.exp * 1000)
  if (now >= until) return 'status-stale'
  return value === 0 ? 'valid' : 'suspended'
}

export function isOffline (text) {
  return text.startsWith(PREFIX)
}

export async function verify (text, bundle, now = Date.now()) {
  if (!isOffline(text) || text.length > MOST_CODE) throw new Error('wrong-type')
  const message = decode(await inflate(base45(text.slice(PREFIX.length)), MOST_CODE))
  if (message?.tag !== 18 || !Array.isArray(message.value) || message.value.length !== 4) throw new Error('wrong-type')
  const [header, open, payload, signature] = message.value
  const isFormed = header instanceof Uint8Array && open instanceof Map && open.size === 0 &&
    payload instanceof Uint8Array && signature instanceof Uint8Array
  if (!isFormed) throw new Error('malformed')
  const headers = decode(header)
  if (!(headers instanceof Map) || headers.size !== 2 || !(headers.get(4) instanceof Uint8Array)) throw new Error('malformed')
  const key = await findKey(bundle, headers.get(4))
  if (key === null) return { verdict: 'unknown-issuer', lines: [] }
  const suite = algorithm(key.jwk)
  if (suite === null) throw new Error('suite-not-here')
  if (headers.get(1) !== suite.cose) throw new Error('wrong-algorithm')
  if (!await verifies(key.jwk, signature, toBeSigned(header, payload))) throw new Error('bad-signature')
  const view = decode(payload)
  if (!Array.isArray(view) || view.length !== 7 || !Array.isArray(view[6])) throw new Error('malformed')
  const [typeCode, purposeCode, issued, expires, number, index, values] = view
  const kind = bundle.types.find(one => one.code === typeCode)
  if (kind === undefined) throw new Error('unknown-type')
  const purpose = kind.purposes.find(one => one.code === purposeCode)
  if (purpose === undefined) throw new Error('unknown-purpose')
  if (values.length !== purpose.claims.length) throw new Error('malformed')
  const issuedAt = issued * 1000
  if (!inForce(key, issuedAt, now)) return { verdict: 'unknown-issuer', issuer: key.issuer, kind, lines: [] }
  if (!key.types.includes(kind.vct)) return { verdict: 'not-trusted-for-type', issuer: key.issuer, kind, lines: [] }
  if (issuedAt > now + LEEWAY) throw new Error('not-yet-valid')
  const lines = purpose.claims
    .map((path, at) => [claim(kind, path), values[at]])
    .map(([definition, value]) => ({ definition, value: read(definition, value) }))
    .filter(line => line.value !== null)
  const told = { issuer: key.issuer, kind, purpose, lines, asOf: bundle.as_of }
  if (now >= expires * 1000) return { ...told, verdict: 'expired' }
  if (kind.has_status && (number === null || index === null)) throw new Error('claim-missing')
  let verdict = number === null ? 'valid' : await status(bundle, key, number, index, now)
  if (verdict === 'valid' && now >= Date.parse(bundle.fresh_until)) verdict = 'status-stale'
  return { ...told, verdict }
}
