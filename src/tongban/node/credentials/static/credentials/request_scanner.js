// The wallet's page scans the code of whoever asks for a credential; the link goes into the form.

import { byCamera, inPicture } from './scanning.js'

const scanner = document.getElementById('scanner')
const told = document.getElementById('told')
const link = document.getElementById('link')

function take (text, otherwise) {
  if (text === null) { told.textContent = otherwise; return }
  told.textContent = ''
  link.value = text
  link.form.requestSubmit()
}

scanner.hidden = false
document.getElementById('scan').addEventListener('click', async () => {
  take(await byCamera(document.getElementById('camera')), scanner.dataset.nocamera)
})
document.getElementById('picture').addEventListener('change', async event => {
  const [file] = event.target.files
  if (file) take(await inPicture(file), scanner.dataset.nocode)
})
