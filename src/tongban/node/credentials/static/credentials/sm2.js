// Checks SM2 signatures with SM3 (GB/T 32918.2 on the curve of GB/T 32918.5), which browsers cannot.
// Promises: only the one form of r and s counts, under a key that is a point of the curve. It signs nothing.

import { sm3 } from './sm3.js'

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn
const A = P - 3n
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
const G = [0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n, 1n]
const NOWHERE = [1n, 1n, 0n]
const SIGNER = new TextEncoder().encode('1234567812345678')

const number = bytes => bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n)
const bytes = value => Uint8Array.from({ length: 32 }, (_, at) => Number(value >> BigInt(8 * (31 - at)) & 255n))
const mod = (value, by = P) => {
  const rest = value % by
  return rest < 0n ? rest + by : rest
}

function joined (...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) { out.set(part, at); at += part.length }
  return out
}

function inverse (value) {
  let [low, high, from, to] = [mod(value), P, 1n, 0n]
  while (low > 1n) {
    const times = high / low
    ;[low, high] = [high - times * low, low]
    ;[from, to] = [to - times * from, from]
  }
  return mod(from)
}

// Points are [x, y, z] for (x / z², y / z³).
function twice ([x, y, z]) {
  if (z === 0n) return NOWHERE
  const square = mod(y * y)
  const side = mod(4n * x * square)
  const slope = mod(3n * (x - z * z) * (x + z * z))
  const newX = mod(slope * slope - 2n * side)
  return [newX, mod(slope * (side - newX) - 8n * square * square), mod(2n * y * z)]
}

function sum (one, other) {
  if (one[2] === 0n) return other
  if (other[2] === 0n) return one
  const [x1, y1, z1] = one
  const [x2, y2, z2] = other
  const [square1, square2] = [mod(z1 * z1), mod(z2 * z2)]
  const [u1, u2] = [mod(x1 * square2), mod(x2 * square1)]
  const [s1, s2] = [mod(y1 * z2 * square2), mod(y2 * z1 * square1)]
  const [h, r] = [mod(u2 - u1), mod(s2 - s1)]
  if (h === 0n) return r === 0n ? twice(one) : NOWHERE
  const [squared, cubed] = [mod(h * h), mod(h * h * h)]
  const newX = mod(r * r - cubed - 2n * u1 * squared)
  return [newX, mod(r * (u1 * squared - newX) - s1 * cubed), mod(h * z1 * z2)]
}

function both (s, t, point) {
  const table = [NOWHERE, G, point, sum(G, point)]
  let found = NOWHERE
  for (let bit = 255n; bit >= 0n; bit--) {
    const choice = Number(s >> bit & 1n) + 2 * Number(t >> bit & 1n)
    found = twice(found)
    if (choice) found = sum(found, table[choice])
  }
  return found
}

export function checkSm2 (x, y, signature, data) {
  if (x.length !== 32 || y.length !== 32 || signature.length !== 64) return false
  const point = [number(x), number(y), 1n]
  if (point[0] >= P || point[1] >= P || mod(point[1] ** 2n - point[0] ** 3n - A * point[0] - B) !== 0n) return false
  const [r, s] = [number(signature.slice(0, 32)), number(signature.slice(32))]
  if (r === 0n || r >= N || s === 0n || s >= N) return false
  const t = mod(r + s, N)
  if (t === 0n) return false
  const known = joined(Uint8Array.of(0, 8 * SIGNER.length), SIGNER, ...[A, B, G[0], G[1]].map(bytes), x, y)
  const digest = number(sm3(joined(sm3(known), data)))
  const [newX, , z] = both(s, t, point)
  if (z === 0n) return false
  return mod(digest + mod(newX * inverse(z * z)), N) === r
}
