// Keeps the verifier's page at hand where there is no network: newest from the network, else what was kept.

const STORE = 'tongban-verifier-1'
const KEPT = [
  '/verify/', '/verify/bundle.json', '/static/pages.css', '/static/pages.js', '/static/mark.svg',
  ...['verifier.js', 'scanning.js', 'offline.js', 'cbor.js', 'packing.js', 'sm2.js', 'sm3.js', 'qr/decode.js', 'qr/index.js'].map(name => `/static/credentials/${name}`)
]

self.addEventListener('install', event => {
  event.waitUntil(caches.open(STORE).then(store => store.addAll(KEPT)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', event => {
  const others = caches.keys().then(names => names.filter(name => name !== STORE))
  event.waitUntil(others.then(names => Promise.all(names.map(name => caches.delete(name)))).then(() => self.clients.claim()))
})

self.addEventListener('fetch', event => {
  const { pathname } = new URL(event.request.url)
  if (event.request.method !== 'GET' || !KEPT.includes(pathname)) return
  event.respondWith((async () => {
    const store = await caches.open(STORE)
    try {
      const fresh = await fetch(event.request)
      if (fresh.ok) await store.put(pathname, fresh.clone())
      return fresh
    } catch {
      return (await store.match(pathname)) ?? Response.error()
    }
  })())
})
