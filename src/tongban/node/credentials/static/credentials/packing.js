// Base45 (RFC 9285), base64url and zlib, each within bounds.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

export function base45 (text) {
  if (text.length % 3 === 1) throw new Error('malformed')
  const out = []
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map(sign => ALPHABET.indexOf(sign))
    if (digits.includes(-1)) throw new Error('malformed')
    const value = digits[0] + digits[1] * 45 + (digits[2] ?? 0) * 2025
    if (digits.length === 3) {
      if (value > 0xffff) throw new Error('malformed')
      out.push(value >> 8, value & 255)
    } else {
      if (value > 255) throw new Error('malformed')
      out.push(value)
    }
  }
  return new Uint8Array(out)
}

export function base64url (text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, sign => sign.charCodeAt(0))
}

export async function inflate (bytes, most) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
  const reader = stream.getReader()
  const parts = []
  let total = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    total += value.length
    if (total > most) { await reader.cancel(); throw new Error('decompression-bomb') }
    parts.push(value)
  }
  const out = new Uint8Array(total)
  let at = 0
  for (const part of parts) { out.set(part, at); at += part.length }
  return out
}
