// A wallet by @openid4vc, @sd-jwt and jose. Asked with {"do": name, "issuer", "base", ...}; answers JSON.
// Every address is the issuer's own under https; only the connection itself is led to `base`.
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  clientAuthenticationAnonymous, clientAuthenticationClientAttestationJwt, clientAuthenticationNone,
  createClientAttestationJwt, Oauth2Client
} from '@openid4vc/oauth2'
import { createKeyAttestationJwt, Openid4vciClient } from '@openid4vc/openid4vci'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { digest, ES256, generateSalt } from '@sd-jwt/crypto-nodejs'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import * as jose from 'jose'

const asked = JSON.parse(readFileSync(0, 'utf8'))
const CLIENT = 'org.example.wallet'
const walletNonce = asked.do === 'show' && !asked.origin && randomBytes(32).toString('base64url')
const sealed = ['/openid/credential', '/openid/deferred']
const keys = new Map()
// Which credential the token is for, as its answer named it; the client itself names configurations only.
let dataset

// Both ways under keys of their own, by jose alone: the client knows of encrypted responses only.
async function fetchSealed (address, init) {
  const { credential_request_encryption: wanted } = await (await fetch(asked.base + '/.well-known/openid-credential-issuer')).json()
  const [to] = wanted.jwks.keys
  const enc = asked.encrypted
  const { privateKey, publicKey } = await jose.generateKeyPair('ECDH-ES', { extractable: true, crv: 'P-256' })
  const jwk = { ...await jose.exportJWK(publicKey), alg: 'ECDH-ES', use: 'enc', kid: 'mine' }
  const body = JSON.stringify({ ...JSON.parse(init.body), credential_response_encryption: { jwk, enc } })
  const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(body))
    .setProtectedHeader({ alg: to.alg, enc, kid: to.kid })
    .encrypt(await jose.importJWK(to, to.alg))
  const headers = new Headers(init.headers)
  headers.set('Content-Type', 'application/jwt')
  const response = await fetch(address, { ...init, headers, body: jwe })
  if (!response.ok) return response
  if (response.headers.get('Content-Type') !== 'application/jwt') throw new Error('not encrypted')
  const { plaintext, protectedHeader } = await jose.compactDecrypt(await response.text(), privateKey)
  if (protectedHeader.kid !== 'mine' || protectedHeader.enc !== enc) throw new Error('encrypted otherwise')
  return new Response(plaintext, { status: response.status, headers: { 'Content-Type': 'application/json' } })
}

async function newKey (jwk) {
  const pair = jwk ?? await jose.exportJWK((await jose.generateKeyPair('ES256', { extractable: true })).privateKey)
  const { d, ...publicJwk } = pair
  keys.set(await jose.calculateJwkThumbprint(publicJwk), pair)
  return { private: pair, signer: { method: 'jwk', alg: 'ES256', publicJwk } }
}

const callbacks = {
  fetch: (url, init) => {
    const address = String(url)
    if (!address.startsWith(asked.issuer + '/')) throw new Error(`led elsewhere: ${address}`)
    const base = asked.base + address.slice(asked.issuer.length)
    if (dataset && address === asked.issuer + '/openid/credential') {
      const { credential_configuration_id: _, ...rest } = JSON.parse(init.body)
      init = { ...init, body: JSON.stringify({ ...rest, credential_identifier: dataset }) }
    }
    // The client has a place for its nonce, and forgets to send it.
    if (walletNonce && init?.method === 'post') init = { ...init, method: 'POST', body: `wallet_nonce=${walletNonce}` }
    if (asked.signed && address.endsWith('/openid-credential-issuer')) return fetch(base, { headers: { Accept: 'application/jwt' } })
    return asked.encrypted && sealed.includes(address.slice(asked.issuer.length)) ? fetchSealed(base, init) : fetch(base, init)
  },
  hash: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
  generateRandom: length => randomBytes(length),
  signJwt: async (signer, { header, payload }) => {
    const held = signer.method === 'x5c'
      ? asked.maker.key
      : keys.get(await jose.calculateJwkThumbprint(signer.publicJwk))
    const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(await jose.importJWK(held, 'ES256'))
    return { jwt, signerJwk: signer.publicJwk }
  },
  verifyJwt: async (signer, { compact }) => {
    const key = signer.method === 'x5c'
      ? await jose.importX509(`-----BEGIN CERTIFICATE-----\n${signer.x5c[0]}\n-----END CERTIFICATE-----`, signer.alg, { extractable: true })
      : await jose.importJWK(signer.publicJwk, signer.alg)
    try {
      await jose.compactVerify(compact, key)
      return { verified: true, signerJwk: await jose.exportJWK(key) }
    } catch {
      return { verified: false }
    }
  },
  encryptJwe: async (encryptor, data) => {
    const key = await jose.importJWK(encryptor.publicJwk, encryptor.alg)
    const header = { alg: encryptor.alg, enc: encryptor.enc, kid: encryptor.publicJwk.kid }
    const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader(header).encrypt(key)
    return { jwe, encryptionJwk: encryptor.publicJwk }
  },
  decryptJwe: async () => ({ decrypted: false }),
  getX509CertificateMetadata: () => ({ sanDnsNames: [], sanUriNames: [] }),
  clientAuthentication: asked.client === false ? clientAuthenticationAnonymous() : clientAuthenticationNone({ clientId: CLIENT })
}
const maker = asked.maker && { method: 'x5c', alg: 'ES256', x5c: asked.maker.x5c }
if (maker) {
  const instance = await newKey()
  const clientAttestationJwt = await createClientAttestationJwt({
    issuer: 'https://maker.example',
    clientId: CLIENT,
    signer: maker,
    issuedAt: new Date(),
    expiresAt: new Date(Date.now() + 60_000),
    confirmation: { jwk: instance.signer.publicJwk },
    callbacks
  })
  callbacks.clientAuthentication = clientAuthenticationClientAttestationJwt({ clientAttestationJwt, callbacks })
}
const client = new Openid4vciClient({ callbacks })

function attestKeys (holders, nonce, use) {
  const attestedKeys = holders.map(one => one.signer.publicJwk)
  const until = new Date(Date.now() + 60_000)
  return createKeyAttestationJwt({ attestedKeys, nonce, use, signer: maker, issuedAt: new Date(), expiresAt: until, callbacks })
}

async function offered () {
  const credentialOffer = await client.resolveCredentialOffer(asked.offer)
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer)
  return { credentialOffer, issuerMetadata }
}

const wanting = id => asked.details && {
  authorization_details: JSON.stringify([{ type: 'openid_credential', credential_configuration_id: id, locations: [asked.issuer] }])
}

async function fetchCopies ({ credentialOffer, issuerMetadata }, token) {
  const [granted] = token.accessTokenResponse.authorization_details ?? []
  if (Boolean(granted) !== Boolean(asked.details)) throw new Error('authorization_details')
  dataset = granted?.credential_identifiers[0]
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata })
  const [configuration] = credentialOffer.credential_configuration_ids
  const holders = []
  for (let index = 0; index < (asked.copies ?? 1); index++) holders.push(await newKey())
  const prove = async (holder, keyAttestationJwt) => (await client.createCredentialRequestJwtProof({
    issuerMetadata, credentialConfigurationId: configuration, signer: holder.signer, nonce, keyAttestationJwt
  })).jwt
  const proofs = asked.keys === 'attestation'
    ? { attestation: [await attestKeys(holders, nonce, 'proof_type.attestation')] }
    : asked.keys === 'jwt'
      ? { jwt: [await prove(holders[0], await attestKeys(holders, nonce, 'proof_type.jwt'))] }
      : { jwt: await Promise.all(holders.map(holder => prove(holder))) }
  const given = {
    issuerMetadata, accessToken: token.accessTokenResponse.access_token, dpop: token.dpop
  }
  const { credentialResponse } = await client.retrieveCredentials({
    ...given, credentialConfigurationId: configuration, proofs
  })
  if (credentialResponse.transaction_id) {
    return {
      waits: { transaction: credentialResponse.transaction_id, interval: credentialResponse.interval },
      refresh: token.accessTokenResponse.refresh_token,
      key: keys.get(await jose.calculateJwkThumbprint(token.dpop.signer.publicJwk)),
      holders: holders.map(holder => holder.signer.publicJwk)
    }
  }
  if (asked.tell) {
    await client.sendNotification({
      ...given, notification: { notificationId: credentialResponse.notification_id, event: asked.tell }
    })
  }
  return {
    credentials: credentialResponse.credentials.map(one => one.credential),
    holders: holders.map(holder => holder.private),
    signed: issuerMetadata.signedCredentialIssuer?.jwt.header,
    token: token.accessTokenResponse.token_type,
    refresh: token.accessTokenResponse.refresh_token,
    key: token.dpop && keys.get(await jose.calculateJwkThumbprint(token.dpop.signer.publicJwk))
  }
}

const can = {
  async take () {
    const found = await offered()
    const dpop = { signer: (await newKey()).signer }
    const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ ...found, txCode: asked.number, dpop, additionalRequestPayload: wanting(found.credentialOffer.credential_configuration_ids[0]) })
    return fetchCopies(found, token)
  },
  async again () {
    const found = await offered()
    const dpop = { signer: (await newKey(asked.key)).signer }
    const [authorizationServerMetadata] = found.issuerMetadata.authorizationServers
    const token = await new Oauth2Client({ callbacks }).retrieveRefreshTokenAccessToken({
      authorizationServerMetadata, refreshToken: asked.refresh, dpop
    })
    return fetchCopies(found, token)
  },
  async collect () {
    const found = await offered()
    const dpop = { signer: (await newKey(asked.key)).signer }
    const [authorizationServerMetadata] = found.issuerMetadata.authorizationServers
    const token = await new Oauth2Client({ callbacks }).retrieveRefreshTokenAccessToken({
      authorizationServerMetadata, refreshToken: asked.refresh, dpop
    })
    const { deferredCredentialResponse: given } = await client.retrieveDeferredCredentials({
      issuerMetadata: found.issuerMetadata,
      accessToken: token.accessTokenResponse.access_token,
      dpop: token.dpop,
      transactionId: asked.transaction
    })
    return given.credentials
      ? { credentials: given.credentials.map(one => one.credential) }
      : { transaction: given.transaction_id, interval: given.interval }
  },
  async begin () {
    const found = await offered()
    const key = await newKey()
    const started = await client.initiateAuthorization({
      ...found,
      clientId: CLIENT,
      redirectUri: asked.redirect,
      scope: asked.details ? undefined : found.credentialOffer.credential_configuration_ids[0],
      additionalRequestPayload: wanting(found.credentialOffer.credential_configuration_ids[0]),
      dpop: { signer: key.signer }
    })
    return {
      url: started.authorizationRequestUrl,
      verifier: started.pkce.codeVerifier,
      key: key.private,
      found
    }
  },
  async finish () {
    const found = asked.begun.found
    const key = await newKey(asked.begun.key)
    const authorizationServer = found.issuerMetadata.authorizationServers[0]
    const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({
      url: asked.redirected, authorizationServerMetadata: authorizationServer
    })
    const token = await client.retrieveAuthorizationCodeAccessTokenFromOffer({
      ...found,
      authorizationCode: answer.code,
      pkceCodeVerifier: asked.begun.verifier,
      redirectUri: asked.redirect,
      dpop: { signer: key.signer }
    })
    return fetchCopies(found, token)
  },
  // Knows nothing but the certificate of who may certify issuers.
  async judge () {
    const jwt = asked.credential.split('~')[0]
    const { x5c, alg } = jose.decodeProtectedHeader(jwt)
    const [leaf, ...more] = x5c.map(der => new X509Certificate(Buffer.from(der, 'base64')))
    const root = new X509Certificate(asked.root)
    const { payload } = await jose.jwtVerify(jwt, leaf.publicKey, { algorithms: ['ES256'] })
    return {
      alg,
      more: more.length,
      certified: leaf.checkIssued(root) && leaf.verify(root.publicKey),
      ca: leaf.ca,
      named: Boolean(leaf.checkHost(new URL(asked.issuer).hostname)) && leaf.subjectAltName.includes(`URI:${asked.issuer}`),
      own: (payload.iss ?? payload.sub).startsWith(asked.issuer),
      use: leaf.keyUsage
    }
  },
  // With asked.origin the request came through a browser, and so goes the answer.
  async show () {
    const verifier = new Openid4vpClient({ callbacks })
    const { origin } = asked
    const given = origin
      ? { request: asked.request }
      : verifier.parseOpenid4vpAuthorizationRequest({ authorizationRequest: asked.link }).params
    const resolved = await verifier.resolveOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: given, origin, wallet: walletNonce ? { nonce: walletNonce, expectedNonce: walletNonce } : undefined
    })
    const request = resolved.authorizationRequestPayload
    const [wanted] = resolved.dcql.query.credentials
    const instance = new SDJwtVcInstance({
      hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signAlg: 'ES256',
      kbSigner: await ES256.getSigner(asked.holder), kbSignAlg: 'ES256'
    })
    const frame = Object.fromEntries(wanted.claims.map(claim => [claim.path[0], true]))
    const agreed = asked.silent ? [] : resolved.transactionData ?? []
    const hashes = agreed.length && {
      transaction_data_hashes_alg: 'sha-256',
      transaction_data_hashes: agreed.map(one => createHash('sha256').update(one.encoded).digest('base64url'))
    }
    const shown = await instance.present(asked.credential, frame, {
      kb: { payload: { aud: asked.audience ?? (origin ? `origin:${origin}` : request.client_id), nonce: request.nonce, iat: Math.floor(Date.now() / 1000), ...hashes } }
    })
    const response = await verifier.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request,
      authorizationResponsePayload: { vp_token: { [wanted.id]: [shown] } },
      origin,
      jarm: {
        encryption: { nonce: randomBytes(16).toString('base64url') },
        serverMetadata: {
          authorization_signing_alg_values_supported: [],
          authorization_encryption_alg_values_supported: ['ECDH-ES'],
          authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM']
        }
      }
    })
    if (origin) return { response: response.jarm.responseJwt, client: resolved.client.prefix, mode: request.response_mode }
    const sent = await verifier.submitOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request,
      authorizationResponsePayload: response.authorizationResponsePayload,
      jarm: response.jarm
    })
    const { redirect_uri: redirect = null } = await sent.response.json()
    return { redirect, status: sent.response.status, fetched: request.wallet_nonce === walletNonce ? 'with its nonce' : 'without', client: resolved.client.prefix, version: resolved.version, asked: wanted, agreed: agreed.map(one => one.transactionData.statement) }
  }
}

console.log(JSON.stringify(await can[asked.do]()))
