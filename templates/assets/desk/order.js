// The order of papers: by dragging, by buttons, or with Alt and the arrow keys.
import { call, again, run, say } from './call.js'

const list = document.querySelector('[data-papers]')
const keep = document.querySelector('[data-order]')
let unkept = false

function moved() {
  unkept = true
  keep.hidden = false
  list.querySelectorAll('.rank').forEach((rank, i) => {
    rank.textContent = i + 1
  })
}

function move(item, way) {
  const held = document.activeElement
  if (way === 'up') item.previousElementSibling?.before(item)
  else item.nextElementSibling?.after(item)
  moved()
  held.focus()
  say(`Now at place ${[...list.children].indexOf(item) + 1}. Keep the order when it is right.`)
}

let dragged

export function watchOrder() {
  keep?.addEventListener('click', () => {
    void run(keep, keepOrder)
  })
  if (!list) return
  // Whoever leaves with an order that is not kept is asked by the browser.
  addEventListener('beforeunload', (event) => {
    if (unkept) event.preventDefault()
  })
  list.addEventListener('click', ({ target }) => {
    const { move: way } = target.dataset
    if (way) move(target.closest('li'), way)
  })
  list.addEventListener('keydown', (event) => {
    const way = { ArrowUp: 'up', ArrowDown: 'down' }[event.key]
    if (!event.altKey || !way) return
    event.preventDefault()
    move(event.target.closest('li'), way)
  })
  list.addEventListener('dragstart', ({ target }) => {
    dragged = target.closest('li')
  })
  list.addEventListener('dragover', dragOver)
  list.addEventListener('drop', drop)
  list.addEventListener('dragend', () => {
    dragged = undefined
    forget()
  })
}

function dragOver(event) {
  const over = event.target.closest('li')
  if (!dragged || !over) return
  event.preventDefault()
  forget()
  over.classList.add('over')
}

function drop(event) {
  event.preventDefault()
  const over = event.target.closest('li')
  if (!dragged || !over || over === dragged) return
  const all = [...list.children]
  if (all.indexOf(dragged) < all.indexOf(over)) over.after(dragged)
  else over.before(dragged)
  moved()
}

const forget = () => list.querySelectorAll('.over').forEach((item) => item.classList.remove('over'))

async function keepOrder() {
  again(await keepMoved())
}

/** What was moved is taken back with the order that was kept before. */
export function dropMoved() {
  unkept = false
}

/** Keeps the order that was made on this page, if one was: another button does not lose it. @returns what to say. */
export async function keepMoved() {
  if (!unkept) return ''
  const ids = [...list.children].map((item) => item.dataset.id)
  await call('PUT', keep.dataset.order, { ids })
  unkept = false
  keep.hidden = true
  return 'The order is kept.'
}

/** The place at which a paper stands on this page now, from 1. */
export const placeOf = (button) => [...list.children].indexOf(button.closest('li')) + 1
