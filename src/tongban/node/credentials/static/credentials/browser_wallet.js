// Where the browser finds wallets by itself (Digital Credentials API): a button that hands it the signed request.
// Without that, or without scripts, nothing is shown and the code or link above does the same.

const PROTOCOL = 'openid4vp-v1-signed'
const form = document.getElementById('by-browser')
const finds = typeof DigitalCredential === 'function' &&
  (DigitalCredential.userAgentAllowsProtocol?.(PROTOCOL) ?? true)

async function ask () {
  const request = { protocol: PROTOCOL, data: { request: form.dataset.request } }
  const { data } = await navigator.credentials.get({ mediation: 'required', digital: { requests: [request] } })
  return typeof data === 'string' ? JSON.parse(data) : data
}

async function submit (event) {
  event.preventDefault()
  const status = form.querySelector('[role=status]')
  status.textContent = ''
  try {
    const shown = await ask()
    form.elements.response.value = shown.response ?? ''
    form.elements.error.value = shown.error ?? ''
  } catch {
    status.textContent = status.dataset.none
    return
  }
  form.submit()
}

if (form && finds) {
  form.hidden = false
  form.addEventListener('submit', submit)
}
