// A verifier by @openid4vc, @sd-jwt and jose. Asked with {"do": name, ...}; answers JSON.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Openid4vpVerifier } from '@openid4vc/openid4vp'
import { digest, ES256 } from '@sd-jwt/crypto-nodejs'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import * as jose from 'jose'

const asked = JSON.parse(readFileSync(0, 'utf8'))

const callbacks = {
  signJwt: async (signer, { header, payload }) => {
    const key = await jose.importJWK(asked.signer.key, 'ES256')
    return { jwt: await new jose.SignJWT(payload).setProtectedHeader(header).sign(key), signerJwk: asked.signer.key }
  },
  decryptJwe: async jwe => {
    const { plaintext } = await jose.compactDecrypt(jwe, await jose.importJWK(asked.decryptionKey, 'ECDH-ES'))
    return { decrypted: true, payload: new TextDecoder().decode(plaintext), decryptionJwk: asked.decryptionKey }
  }
}
const verifier = new Openid4vpVerifier({ callbacks })

const can = {
  // The request object; `walletNonce` is what the wallet posted.
  async ask () {
    const { privateKey, publicKey } = await jose.generateKeyPair('ECDH-ES', { extractable: true, crv: 'P-256' })
    const shared = { kid: 'enc-1', alg: 'ECDH-ES', use: 'enc' }
    const authorizationRequestPayload = {
      response_type: 'vp_token',
      response_mode: 'direct_post.jwt',
      client_id: asked.client,
      response_uri: asked.responseUri,
      nonce: randomBytes(16).toString('base64url'),
      state: randomBytes(16).toString('base64url'),
      dcql_query: asked.query,
      client_metadata: {
        jwks: { keys: [{ ...await jose.exportJWK(publicKey), ...shared }] },
        encrypted_response_enc_values_supported: ['A256GCM'],
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } }
      },
      wallet_nonce: asked.walletNonce
    }
    const made = await verifier.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload,
      wallet: { expectedNonce: asked.walletNonce },
      jar: {
        jwtSigner: { method: 'x5c', alg: 'ES256', x5c: asked.signer.x5c },
        requestUri: asked.requestUri,
        expiresInSeconds: 300,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2' }
      }
    })
    return {
      request: made.jar.authorizationRequestJwt,
      payload: made.authorizationRequestPayload,
      decryptionKey: { ...await jose.exportJWK(privateKey), ...shared }
    }
  },
  // What was shown, by query: of every presentation what it discloses, once issuer and holder have signed it.
  async read () {
    const found = await verifier.parseOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: asked.payload,
      authorizationResponse: Object.fromEntries(new URLSearchParams(asked.form)),
      callbacks
    })
    const instance = new SDJwtVcInstance({
      hasher: digest, hashAlg: 'sha-256', verifier: await ES256.getVerifier(asked.issuer),
      statusListFetcher: async () => asked.list, statusVerifier: await ES256.getVerifier(asked.issuer),
      kbVerifier: async (data, signature, payload) => (await ES256.getVerifier(payload.cnf.jwk))(data, signature)
    })
    const shown = {}
    for (const [query, presentations] of Object.entries(found.dcql.presentations)) {
      shown[query] = []
      for (const one of presentations) {
        const { payload, kb } = await instance.verify(one, { keyBindingNonce: found.expectedNonce })
        if (kb.payload.aud !== asked.payload.client_id) throw new Error('another audience')
        shown[query].push({ claims: payload, holder: payload.cnf.jwk.x })
      }
    }
    return shown
  }
}

console.log(JSON.stringify(await can[asked.do]()))
