// The verifier's page: scans with the camera or from a picture, verifies here where the code allows it, else asks the node.

import { isOffline, verify } from './offline.js'
import { byCamera, inPicture } from './scanning.js'

const WORDS = {
  zh: {
    ready: '可以离线核验，数据截至',
    stale: '离线数据已过期，请联网后刷新。',
    none: '还没有离线数据，请先联网打开一次。',
    failed: '没有通过核验',
    forged: '这个码不是真的，或者已经损坏。',
    nocode: '图片里没有找到码，请靠近一些、对准再试。',
    nocamera: '打不开摄像头，请允许使用，或者选一张图片。',
    online: '这是一分钟有效的码，需要联网核验。'
  },
  hant: {
    ready: '可以離線核驗，資料截至',
    stale: '離線資料已過期，請聯網後重新整理。',
    none: '還沒有離線資料，請先聯網開啟一次。',
    failed: '沒有通過核驗',
    forged: '這個碼不是真的，或者已經損壞。',
    nocode: '圖片裡沒有找到碼，請靠近一些、對準再試。',
    nocamera: '打不開攝像頭，請允許使用，或者選一張圖片。',
    online: '這是一分鐘有效的碼，需要聯網核驗。'
  },
  en: {
    ready: 'Ready to verify without a network; data as of',
    stale: 'The offline data are out of date; go online and reload.',
    none: 'No offline data yet; open this page once with a network.',
    failed: 'Not verified',
    forged: 'This code is not genuine, or it is damaged.',
    nocode: 'No code found in the picture; come closer and try again.',
    nocamera: 'The camera cannot be opened; allow it, or choose a picture.',
    online: 'This is a code for a minute, which needs a network.'
  }
}

const scanner = document.getElementById('scanner')
const verdictPlace = document.getElementById('verdict')
const readiness = document.getElementById('readiness')
const language = scanner.dataset.lang
const key = language.startsWith('en') ? 'en' : /hant/i.test(language) ? 'hant' : 'zh'
const words = WORDS[key]
const said = text => text[key] ?? text.zh

let bundle = null

function element (name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function showProblem (sentence) {
  const box = element('div', 'govuk-error-summary')
  box.setAttribute('role', 'alert')
  box.append(element('h2', 'govuk-error-summary__title', words.failed), element('p', 'govuk-body', sentence))
  verdictPlace.replaceChildren(box)
}

function nameOf (issuer) {
  const name = bundle.issuers?.[issuer]
  return name ? said(name) : issuer
}

function valueOf ({ definition, value }) {
  if (definition.kind === 'choice') return said(definition.choices.find(choice => choice.value === value))
  return String(value)
}

function showVerdict (found) {
  const panel = element('div', `verdict-panel verdict--${found.verdict}`)
  panel.dataset.verdict = found.verdict
  panel.append(element('h2', 'govuk-heading-m', said(bundle.verdicts[found.verdict])))
  if (found.kind) panel.append(element('p', 'govuk-body', `${said(found.kind.name)} · ${nameOf(found.issuer)}`))
  const list = element('dl', 'govuk-summary-list')
  for (const line of found.lines) {
    const row = element('div', 'govuk-summary-list__row')
    row.append(
      element('dt', 'govuk-summary-list__key', said(line.definition)),
      element('dd', 'govuk-summary-list__value', valueOf(line))
    )
    list.append(row)
  }
  verdictPlace.replaceChildren(panel, list)
  verdictPlace.scrollIntoView({ block: 'start' })
}

async function take (text) {
  document.getElementById('code').value = text
  if (!isOffline(text)) {
    if (navigator.onLine) document.getElementById('by-hand').submit()
    else showProblem(words.online)
    return
  }
  if (bundle === null) { showProblem(words.none); return }
  try {
    showVerdict(await verify(text, bundle))
  } catch {
    showProblem(words.forged)
  }
}

async function scan () {
  const text = await byCamera(document.getElementById('camera'))
  if (text === null) showProblem(words.nocamera)
  else await take(text)
}

async function fromPicture (event) {
  const [file] = event.target.files
  if (!file) return
  const text = await inPicture(file)
  if (text === null) showProblem(words.nocode)
  else await take(text)
}

async function load () {
  try {
    const response = await fetch(scanner.dataset.bundle)
    if (response.ok) bundle = await response.json()
  } catch { /* without a network the worker answers, or nothing does */ }
  if (bundle === null) { readiness.textContent = words.none; return }
  const isFresh = Date.now() < Date.parse(bundle.fresh_until)
  readiness.textContent = isFresh ? `${words.ready} ${new Date(bundle.as_of).toLocaleString(language)}` : words.stale
  readiness.dataset.ready = String(isFresh)
}

scanner.hidden = false
document.getElementById('scan').addEventListener('click', scan)
document.getElementById('picture').addEventListener('change', fromPicture)
document.getElementById('by-hand').addEventListener('submit', event => {
  const text = document.getElementById('code').value.trim()
  if (isOffline(text) && bundle !== null) { event.preventDefault(); take(text) }
})
if ('serviceWorker' in navigator) navigator.serviceWorker.register(scanner.dataset.worker, { scope: '/verify/' })
load()
