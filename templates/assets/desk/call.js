// Calls of the operator's API, and what is said of them on the page.
import { keepTyped } from './typed.js'

const api = '/api/v1/admin'
const csrf = document.querySelector('meta[name=csrf]')?.content ?? ''
const said = document.getElementById('said')
const faults = document.getElementById('faults')

export function say(text) {
  faults.replaceChildren()
  said.textContent = text
}

export function complain(error) {
  said.textContent = ''
  faults.textContent = error.message
  if (error.status !== 401) return
  const link = document.createElement('a')
  link.href = `/admin/sign-in?${new URLSearchParams({ to: location.pathname + location.search })}`
  link.textContent = 'Sign in again'
  faults.append(' ', link)
}

// What was done is said on the page that is read after it.
const kept = sessionStorage.getItem('said')
if (kept) {
  say(kept)
  sessionStorage.removeItem('said')
}

/** Reads the page anew, or another one, and says there what was done. @param sent - the form that did it. */
export function again(text, then, sent) {
  sessionStorage.setItem('said', text)
  if (then) return location.assign(then)
  keepTyped(sent)
  return location.reload()
}

/** Throws what the service has against it, in its words. */
export async function call(method, path, body, headers = {}) {
  const sent = { 'x-csrf-token': csrf, ...headers }
  if (body !== undefined && !(body instanceof Blob)) {
    sent['content-type'] = 'application/json'
    body = JSON.stringify(body)
  }
  if (method === 'POST') sent['idempotency-key'] = crypto.randomUUID?.() ?? String(Math.random())
  const answer = await reach(api + path, { method, headers: sent, body })
  const text = await answer.text()
  const data = text.startsWith('{') ? JSON.parse(text) : {}
  if (!answer.ok) throw Object.assign(new Error(wordsOf(answer.status, data)), { status: answer.status })
  return { data, etag: answer.headers.get('etag') }
}

async function reach(url, options) {
  try {
    return await fetch(url, options)
  } catch {
    throw new Error('The service does not answer. Nothing may have been done: look before you try again.')
  }
}

function wordsOf(status, { title, detail, errors = [] }) {
  if (status === 401) return 'Your session has ended.'
  const fields = errors.map((fault) => `${fault.pointer.slice(1)}: ${fault.detail}`).join('; ')
  return [detail ?? title ?? `The service answered ${status}.`, fields].filter(Boolean).join(' ')
}

/** Holds the button down while the work lasts, and says what goes wrong. */
export async function run(button, work) {
  button.disabled = true
  try {
    await work()
  } catch (error) {
    complain(error)
  } finally {
    button.disabled = false
  }
}

/** Puts what the service shows now into the parts of this page that change while one looks. */
export async function refresh() {
  const answer = await reach(location.href, { headers: { accept: 'text/html' } })
  if (new URL(answer.url).pathname.endsWith('/sign-in'))
    throw Object.assign(new Error(wordsOf(401, {})), { status: 401 })
  if (!answer.ok) throw Object.assign(new Error(wordsOf(answer.status, {})), { status: answer.status })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = page.querySelector(`[data-live="${part.dataset.live}"]`)
    if (!now) continue
    const held = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
    part.replaceChildren(...now.cloneNode(true).childNodes)
    if (held) part.querySelector(`[href="${CSS.escape(held)}"]`)?.focus()
  }
  return page
}

/** A key is shown where it was made, until the page is left; the list beside it knows it at once. */
export async function showKey(key) {
  const made = document.getElementById('made')
  made.hidden = false
  made.querySelector('code').textContent = key
  made.focus()
  await refresh()
}
