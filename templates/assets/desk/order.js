// The order of papers: by dragging, by buttons, or with Alt and the arrow keys.
import { call, again, run, say } from './call.js'

const list = document.querySelector('[data-papers]')
const keep = document.querySelector('[data-order]')

function moved() {
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
  if (!dragged || !over) return
  over.before(dragged)
  moved()
}

const forget = () => list.querySelectorAll('.over').forEach((item) => item.classList.remove('over'))

async function keepOrder() {
  const ids = [...list.children].map((item) => item.dataset.id)
  await call('PUT', keep.dataset.order, { ids })
  again('The order is kept.')
}
