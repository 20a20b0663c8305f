// Single keys: to the sections, into the search, on to the next page; `?` lists them, and turns them off (WCAG 2.1.4).
const list = document.getElementById('keys')
const use = document.getElementById('keys-on')

const places = {
  '/': () => document.querySelector('form[role=search] input, form[method=get] input'),
  n: () => document.querySelector('.pager a[rel=next]'),
}

export function watchKeys() {
  if (!list) return
  use.checked = localStorage.getItem('single-keys') !== 'off'
  use.addEventListener('change', () => localStorage.setItem('single-keys', use.checked ? 'on' : 'off'))
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (isWriting(event.target) || document.querySelector('dialog[open]')) return
    if (event.key === '?') list.showModal()
    else if (!use.checked || !follow(event.key)) return
    event.preventDefault()
  })
}

const isWriting = (target) =>
  target.isContentEditable || Boolean(target.closest?.('input:not([type=checkbox]), select, textarea'))

function follow(key) {
  if (!/^[a-z/]$/.test(key)) return false
  const place = places[key]?.() ?? document.querySelector(`nav [aria-keyshortcuts="${key}"]`)
  if (!place) return false
  if (place.matches('a')) place.click()
  else place.focus()
  return true
}
