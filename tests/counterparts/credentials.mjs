// Credentials by @sd-jwt, jose, cose-js and cborg. Asked with {"do": name, ...}; answers JSON.
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { deflateSync, inflateSync } from 'node:zlib'
import { Openid4vpVerifier } from '@openid4vc/openid4vp'
import { digest, ES256, generateSalt } from '@sd-jwt/crypto-nodejs'
import { createHeaderAndPayload, getListFromStatusListJWT, StatusList } from '@sd-jwt/jwt-status-list'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { decode as decodeCbor, encode as encodeCbor } from 'cborg'
import cose from 'cose-js'
import * as jose from 'jose'

const question = JSON.parse(readFileSync(0, 'utf8'))

async function instance ({ issuer, issuerPrivate, holder, holderPrivate, list }) {
  const config = { hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signAlg: 'ES256' }
  if (issuer) config.verifier = await ES256.getVerifier(issuer)
  if (list) {
    config.statusListFetcher = async () => list
    config.statusVerifier = config.verifier
  }
  if (issuerPrivate) config.signer = await ES256.getSigner(issuerPrivate)
  if (holder) config.kbVerifier = await ES256.getVerifier(holder)
  if (holderPrivate) {
    config.kbSigner = await ES256.getSigner(holderPrivate)
    config.kbSignAlg = 'ES256'
  }
  return new SDJwtVcInstance(config)
}

const can = {
  async keys () {
    return ES256.generateKeyPair()
  },
  async verify (asked) {
    const { payload, kb } = await (await instance(asked)).verify(asked.compact, {
      keyBindingNonce: asked.nonce, currentDate: asked.now, requiredClaimKeys: asked.required
    })
    return { payload, kb: kb ?? null }
  },
  // What the holder agreed to: entries of a request against the key binding of what was shown for one query.
  async agreed (asked) {
    const { kb } = await (await instance(asked)).verify(asked.compact, { keyBindingNonce: asked.nonce, currentDate: asked.now })
    const verifier = new Openid4vpVerifier({ callbacks: { hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest() } })
    const found = await verifier.verifyTransactionData({
      transactionData: asked.entries, credentials: { [asked.query]: [kb.payload] }
    })
    return found.map(one => one.transactionDataEntry.transactionData.statement)
  },
  async issue (asked) {
    return (await instance(asked)).issue(asked.claims, asked.frame, { header: asked.header })
  },
  async present (asked) {
    return (await instance(asked)).present(asked.compact, asked.chosen, { kb: { payload: asked.kb } })
  },
  async status_list_written (asked) {
    const list = new StatusList(asked.statuses, asked.bits)
    const made = createHeaderAndPayload(list, asked.payload, { alg: 'ES256', typ: 'statuslist+jwt', kid: asked.kid })
    return new jose.SignJWT(made.payload).setProtectedHeader(made.header)
      .sign(await jose.importJWK(asked.issuerPrivate, 'ES256'))
  },
  async status_list_read (asked) {
    await jose.jwtVerify(asked.token, await jose.importJWK(asked.issuer, 'ES256'), {
      typ: 'statuslist+jwt', currentDate: new Date(asked.now * 1000)
    })
    const list = getListFromStatusListJWT(asked.token)
    return asked.indices.map(index => list.getStatus(index))
  },
  async jws (asked) {
    const { payload } = await jose.compactVerify(asked.token, await jose.importJWK(asked.key, asked.alg))
    return JSON.parse(new TextDecoder().decode(payload))
  },
  async thumbprint (asked) {
    return jose.calculateJwkThumbprint(asked.key)
  },
  async jwe (asked) {
    const key = await jose.importJWK({ ...asked.private, alg: 'ECDH-ES' })
    const { d, ...open } = asked.private
    const { plaintext } = await jose.compactDecrypt(asked.sealed, key)
    const sealed = await new jose.CompactEncrypt(new TextEncoder().encode(JSON.stringify(asked.answer)))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: asked.enc, kid: asked.kid })
      .encrypt(await jose.importJWK({ ...open, alg: 'ECDH-ES' }))
    return { opened: JSON.parse(new TextDecoder().decode(plaintext)), sealed }
  },
  async status_cwt_read (asked) {
    const point = name => Buffer.from(asked.key[name], 'base64url')
    const token = Buffer.from(asked.token, 'base64')
    const payload = await cose.sign.verify(token, { key: { x: point('x'), y: point('y') } })
    const [protectedHeader] = decodeCbor(token, { useMaps: true, tags: { 18: decode => decode() } })
    const claims = decodeCbor(payload, { useMaps: true })
    const list = claims.get(65533)
    const packed = inflateSync(list.get('lst'))
    const bits = list.get('bits')
    const status = index => packed[Math.floor(index * bits / 8)] >> index * bits % 8 & 2 ** bits - 1
    return {
      type: decodeCbor(protectedHeader, { useMaps: true }).get(16),
      sub: claims.get(2),
      iat: claims.get(6),
      statuses: asked.indices.map(status)
    }
  },
  async status_cwt_written (asked) {
    const packed = Buffer.alloc(Math.ceil(asked.statuses.length * asked.bits / 8))
    asked.statuses.forEach((status, index) => { packed[Math.floor(index * asked.bits / 8)] |= status << index * asked.bits % 8 })
    const list = new Map([['bits', asked.bits], ['lst', new Uint8Array(deflateSync(packed))]])
    const payload = encodeCbor(new Map([[2, asked.uri], [6, asked.iat], [65533, list]]))
    const header = encodeCbor(new Map([[1, -7], [4, new TextEncoder().encode(asked.kid)], [16, 'application/statuslist+cwt']]))
    const signed = encodeCbor(['Signature1', header, new Uint8Array(), payload])
    const key = createPrivateKey({ key: asked.issuerPrivate, format: 'jwk' })
    const signature = new Uint8Array(sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }))
    const body = encodeCbor([header, new Map(), payload, signature])
    return Buffer.concat([Uint8Array.of(0xd2), body]).toString('base64')
  },
  async cose (asked) {
    const message = inflateSync(Buffer.from(asked.zlib, 'base64'))
    const point = name => Buffer.from(asked.key[name], 'base64url')
    const payload = await cose.sign.verify(message, { key: { x: point('x'), y: point('y') } })
    return decodeCbor(payload, { useMaps: true })
  }
}

const { do: name, ...asked } = question
process.stdout.write(JSON.stringify(await can[name](asked)))
