// SM3 (GB/T 32905), which browsers do not have.

const START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]

const left = (word, by) => word << by % 32 | word >>> (32 - by % 32) % 32
const spread = word => word ^ left(word, 9) ^ left(word, 17)
const spreadWide = word => word ^ left(word, 15) ^ left(word, 23)

function padded (bytes) {
  const out = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  out.set(bytes)
  out[bytes.length] = 0x80
  new DataView(out.buffer).setBigUint64(out.length - 8, BigInt(bytes.length) * 8n)
  return new DataView(out.buffer)
}

function expanded (view, at) {
  const words = new Int32Array(68)
  for (let j = 0; j < 16; j++) words[j] = view.getInt32(at + 4 * j)
  for (let j = 16; j < 68; j++) {
    words[j] = spreadWide(words[j - 16] ^ words[j - 9] ^ left(words[j - 3], 15)) ^ left(words[j - 13], 7) ^ words[j - 6]
  }
  return words
}

function compressed (state, words) {
  let [a, b, c, d, e, f, g, h] = state
  for (let j = 0; j < 64; j++) {
    const turned = left(a, 12)
    const first = left(turned + e + left(j < 16 ? 0x79cc4519 : 0x7a879d8a, j) | 0, 7)
    const mixed = j < 16 ? a ^ b ^ c : a & b | a & c | b & c
    const chosen = j < 16 ? e ^ f ^ g : e & f | ~e & g
    const one = mixed + d + (first ^ turned) + (words[j] ^ words[j + 4]) | 0
    const two = chosen + h + first + words[j] | 0
    ;[d, c, b, a] = [c, left(b, 9), a, one]
    ;[h, g, f, e] = [g, left(f, 19), e, spread(two)]
  }
  return [a, b, c, d, e, f, g, h].map((word, at) => word ^ state[at])
}

export function sm3 (bytes) {
  const view = padded(bytes)
  let state = START
  for (let at = 0; at < view.byteLength; at += 64) state = compressed(state, expanded(view, at))
  const out = new DataView(new ArrayBuffer(32))
  state.forEach((word, at) => out.setInt32(4 * at, word))
  return new Uint8Array(out.buffer)
}
