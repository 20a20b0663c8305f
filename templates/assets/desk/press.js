// Buttons that are one call: `data-call="POST /editions/2026-08-04/hold"`.
import { ask } from './ask.js'
import { again, call, run, showKey } from './call.js'
import { dropMoved, keepMoved, placeOf } from './order.js'

export function watchButtons() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-call]')
    if (button) void press(button)
  })
}

async function press(button) {
  const label = button.textContent.trim()
  const why = button.dataset.ask ? await ask(button.dataset, label) : ''
  if (why === undefined) return
  await run(button, async () => {
    const drops = button.dataset.drops !== undefined
    const kept = drops ? '' : await keepMoved()
    const { data } = await send(button, why)
    if (drops) dropMoved()
    if (data.key ?? data.secret) await showKey(data.key ?? data.secret)
    else again(`${kept} ${doneWith(button, label, data)}`.trim(), button.dataset.then)
  })
}

function send(button, why) {
  const { call: target, body = '{}', here } = button.dataset
  const place = here === undefined ? {} : { position: placeOf(button) }
  const [method, path] = target.split(' ')
  const reason = why ? { reason: why } : {}
  if (method === 'DELETE') return call(method, why ? `${path}?${new URLSearchParams(reason)}` : path)
  return call(method, path, { ...JSON.parse(body), ...place, ...reason })
}

/** What a look at the source found is worth a word; a change can be seen on the page. */
function doneWith(button, label, { outcome, papers, added, fault }) {
  if (papers === undefined || added === undefined) {
    return button.dataset.done ?? `Done: ${label}.`
  }
  return `Done: ${label}. ${outcome}: ${papers} papers, ${added} new${fault ? `. ${fault}` : ''}.`
}
