// A client of another make: signs and verifies HTTP messages with http-message-signatures, and with sm-crypto
// where the key is an SM2 one.
// {"verify": [{message, request?, key}], "sign": [{message, request?, fields, params, key}]}: a message is
// {method, url} or {status}, with headers; a key is {id, alg, public|private} in PEM, for sm2-sm3 in hexadecimal.
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'
import sm from 'sm-crypto'

const SM2 = { hash: true, userId: '1234567812345678' }
const bytes = data => Array.from(data)

const signerOf = key => key.alg === 'sm2-sm3'
  ? { id: key.id, sign: async data => Buffer.from(sm.sm2.doSignature(bytes(data), key.private, SM2), 'hex') }
  : createSigner(key.private, key.alg, key.id)

const verifierOf = key => key.alg === 'sm2-sm3'
  ? async (data, signature) =>
      sm.sm2.doVerifySignature(bytes(data), signature.toString('hex'), key.public, SM2)
  : createVerifier(key.public, key.alg)

const digestOf = (body, alg) => alg === 'sm2-sm3'
  ? `sm3=:${Buffer.from(sm.sm3(bytes(Buffer.from(body))), 'hex').toString('base64')}:`
  : `sha-256=:${createHash('sha256').update(body).digest('base64')}:`

const sign = async ({ message, request, fields, params, key }) => {
  const headers = { ...message.headers, 'content-digest': digestOf(message.body, key.alg) }
  const values = { ...params, created: new Date(params.created * 1000), expires: new Date(params.expires * 1000) }
  const config = { key: signerOf(key), name: 'tongban', fields, params: Object.keys(params), paramValues: values }
  const signed = await httpbis.signMessage(config, { ...message, headers }, request)
  return Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]))
}

const verify = async ({ message, request, key }) => {
  const config = {
    keyLookup: async params => params.keyid === key.id ? { id: key.id, algs: [key.alg], verify: verifierOf(key) } : null,
    requiredParams: ['created', 'expires', 'keyid', 'tag'],
    requiredFields: ['content-digest'],
  }
  const isSigned = await httpbis.verifyMessage(config, message, request).catch(error => String(error))
  return { is_signed: isSigned, is_digest: message.headers['content-digest'] === digestOf(message.body, key.alg) }
}

const question = JSON.parse(readFileSync(0, 'utf8'))
process.stdout.write(JSON.stringify({
  verify: await Promise.all((question.verify ?? []).map(verify)),
  sign: await Promise.all((question.sign ?? []).map(sign)),
}))
