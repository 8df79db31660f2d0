// The verifier page's own script under Node.js: asked with codes, bundles and moments; answers verdicts or refusals.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const scripts = fileURLToPath(new URL('../../src/tongban/node/credentials/static/credentials', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tongban-offline-'))
for (const name of ['offline.js', 'cbor.js', 'packing.js', 'sm2.js', 'sm3.js']) cpSync(join(scripts, name), join(folder, name))
writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
const { verify } = await import(pathToFileURL(join(folder, 'offline.js')).href)
rmSync(folder, { recursive: true })

const answers = []
for (const { code, bundle, now } of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    const found = await verify(code, bundle, now)
    answers.push({ verdict: found.verdict, lines: found.lines.map(line => [line.definition.path.join('.'), line.value]) })
  } catch (error) {
    answers.push({ refused: error.message })
  }
}
console.log(JSON.stringify(answers))
