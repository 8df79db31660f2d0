// Shows what needs passkeys where the browser has them.
if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll('[data-needs-passkeys]')) part.hidden = false
}
