// SM2 and SM3 by sm-crypto: {"verify": [{public_key, data, signature}], "sign": [{private_key, data}], "sm3": [data]},
// all values in hexadecimal; the answer has the same members.
import { readFileSync } from 'node:fs'
import sm from 'sm-crypto'

const bytes = hex => Array.from(Buffer.from(hex, 'hex'))
const options = { hash: true, userId: '1234567812345678' }
const question = JSON.parse(readFileSync(0, 'utf8'))

process.stdout.write(JSON.stringify({
  verify: (question.verify ?? []).map(asked =>
    sm.sm2.doVerifySignature(bytes(asked.data), asked.signature, asked.public_key, options)),
  sign: (question.sign ?? []).map(asked =>
    sm.sm2.doSignature(bytes(asked.data), asked.private_key, options)),
  sm3: (question.sm3 ?? []).map(data => sm.sm3(bytes(data))),
}))
