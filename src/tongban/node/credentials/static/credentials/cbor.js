// Reads the small part of CBOR (RFC 8949) that codes to show are written in. Throws on everything else.

const LIMIT = 64

export function decode (bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  function take (count) {
    if (count < 0 || at + count > bytes.length) throw new Error('malformed')
    const part = bytes.subarray(at, at + count)
    at += count
    return part
  }

  function length (info) {
    if (info < 24) return info
    const start = at
    if (info === 24) { take(1); return view.getUint8(start) }
    if (info === 25) { take(2); return view.getUint16(start) }
    if (info === 26) { take(4); return view.getUint32(start) }
    if (info === 27) {
      take(8)
      const value = view.getBigUint64(start)
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('malformed')
      return Number(value)
    }
    throw new Error('malformed')
  }

  function item (depth) {
    if (depth > LIMIT) throw new Error('malformed')
    const first = take(1)[0]
    const major = first >> 5
    const info = first & 31
    if (major === 7) {
      if (info === 20) return false
      if (info === 21) return true
      if (info === 22) return null
      throw new Error('malformed')
    }
    const count = length(info)
    if (major === 0) return count
    if (major === 1) return -1 - count
    if (major === 2) return take(count).slice()
    if (major === 3) return new TextDecoder('utf-8', { fatal: true }).decode(take(count))
    if (major === 4) {
      if (count > bytes.length) throw new Error('malformed')
      return Array.from({ length: count }, () => item(depth + 1))
    }
    if (major === 5) {
      if (count > bytes.length) throw new Error('malformed')
      const map = new Map()
      for (let n = 0; n < count; n++) {
        const key = item(depth + 1)
        if (map.has(key)) throw new Error('malformed')
        map.set(key, item(depth + 1))
      }
      return map
    }
    return { tag: count, value: item(depth + 1) }
  }

  const value = item(0)
  if (at !== bytes.length) throw new Error('malformed')
  return value
}

function head (major, count) {
  if (count < 24) return [major << 5 | count]
  if (count < 256) return [major << 5 | 24, count]
  if (count < 65536) return [major << 5 | 25, count >> 8, count & 255]
  return [major << 5 | 26, count >>> 24, count >> 16 & 255, count >> 8 & 255, count & 255]
}

// What a COSE_Sign1 signature covers (RFC 9052, section 4.4).
export function toBeSigned (protectedHeader, payload) {
  const context = new TextEncoder().encode('Signature1')
  return new Uint8Array([
    ...head(4, 4), ...head(3, context.length), ...context,
    ...head(2, protectedHeader.length), ...protectedHeader,
    ...head(2, 0),
    ...head(2, payload.length), ...payload
  ])
}
