// The desk's buttons and forms call the operator's API; the page is then read anew.
const api = '/api/v1/admin'
const csrf = document.querySelector('meta[name=csrf]')?.content ?? ''
const said = document.getElementById('said')
const say = (text) => {
  said.textContent = text
}

// What was done is said on the page that is read after it.
const kept = sessionStorage.getItem('said')
if (kept) {
  say(kept)
  sessionStorage.removeItem('said')
}

async function call(method, path, body, headers = {}) {
  const sent = { 'x-csrf-token': csrf, ...headers }
  if (body !== undefined && typeof body === 'object' && !(body instanceof Blob)) {
    sent['content-type'] = 'application/json'
    body = JSON.stringify(body)
  }
  if (method === 'POST') sent['idempotency-key'] = crypto.randomUUID?.() ?? String(Math.random())
  const answer = await fetch(api + path, { method, headers: sent, body })
  const text = await answer.text()
  const data = text.startsWith('{') ? JSON.parse(text) : {}
  if (!answer.ok) throw new Error(data.detail ?? data.title ?? `The service answered ${answer.status}.`)
  return { data, etag: answer.headers.get('etag') }
}

function again(text, then) {
  sessionStorage.setItem('said', text)
  if (then) location.assign(then)
  else location.reload()
}

/** Asks for a reason; undefined when it was left. */
function ask(question, needed) {
  const dialog = document.getElementById('ask')
  const field = document.getElementById('ask-why')
  document.getElementById('ask-title').textContent = question
  field.required = needed
  field.value = ''
  dialog.showModal()
  field.focus()
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === 'yes' ? field.value.trim() : undefined)
    dialog.addEventListener('close', answer, { once: true })
    dialog.returnValue = 'no'
  })
}

async function run(button, work) {
  button.disabled = true
  try {
    await work()
  } catch (error) {
    say(error.message)
  } finally {
    button.disabled = false
  }
}

document.addEventListener('click', (event) => {
  void press(event)
})

async function press(event) {
  const button = event.target.closest('button[data-call]')
  if (!button) return
  const [method, path] = button.dataset.call.split(' ')
  let why = ''
  if (button.dataset.ask) {
    why = await ask(button.dataset.ask, button.dataset.reason !== undefined)
    if (why === undefined) return
  }
  await run(button, async () => {
    const reason = why ? { reason: why } : {}
    const query = method === 'DELETE' && why ? `?${new URLSearchParams(reason)}` : ''
    const body = method === 'DELETE' ? undefined : { ...JSON.parse(button.dataset.body ?? '{}'), ...reason }
    const { data } = await call(method, path + query, body)
    if (data.key) showKey(data.key)
    else again(`Done: ${button.textContent.trim()}.`, button.dataset.then)
  })
}

function showKey(key) {
  const made = document.getElementById('made')
  made.hidden = false
  made.querySelector('code').textContent = key
  made.tabIndex = -1
  made.focus()
}

function bodyOf(form) {
  const body = {}
  for (const field of form.elements) {
    if (!field.name) continue
    if (field.dataset.boolean !== undefined) body[field.name] = field.checked
    else if (field.dataset.list !== undefined) {
      body[field.name] ??= []
      if (field.checked) body[field.name].push(field.value)
    } else if (field.type === 'datetime-local') body[field.name] = `${field.value.slice(0, 16)}:00Z`
    else if (field.value !== '') body[field.name] = field.value
  }
  return body
}

document.addEventListener('submit', (event) => {
  void submit(event)
})

async function submit(event) {
  const form = event.target
  const button = event.submitter
  if (form.dataset.form) {
    event.preventDefault()
    const [method, path] = form.dataset.form.split(' ')
    await run(button, async () => {
      const headers = form.dataset.match ? { 'if-match': (await call('GET', form.dataset.match)).etag } : {}
      const { data } = await call(method, path, bodyOf(form), headers)
      if (data.key) showKey(data.key)
      else again(`Done: ${button.textContent.trim()}.${data.reply ? ` The relay said: ${data.reply}` : ''}`)
    })
  }
  if (form.dataset.upload) {
    event.preventDefault()
    await run(button, () => upload(form))
  }
}

async function upload(form) {
  const file = form.querySelector('input[type=file]').files[0]
  const query = new URLSearchParams({ dryRun: String(form.elements.dryRun.checked) })
  if (form.elements.source.value) query.set('source', form.elements.source.value)
  let { data } = await call('POST', `/imports?${query}`, new Blob([file]), { 'content-type': 'text/csv' })
  while (data.status === 'running') {
    say(`${data.rows} rows read, ${data.added} added, ${data.faulty} left out …`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    data = (await call('GET', `/imports/${data.id}`)).data
  }
  const { rows, added, changed, unchanged, faulty, fault } = data
  again(
    fault ?? `${rows} rows: ${added} added, ${changed} changed, ${unchanged} the same, ${faulty} left out.`,
  )
}

// The order of papers, by hand or by keys.
const list = document.querySelector('[data-papers]')
if (list) {
  const keep = document.querySelector('[data-order]')
  const moved = () => {
    keep.hidden = false
    list.querySelectorAll('.rank').forEach((rank, i) => {
      rank.textContent = i + 1
    })
  }
  const move = (item, way) => {
    if (way === 'up') item.previousElementSibling?.before(item)
    else item.nextElementSibling?.after(item)
    moved()
    item.focus()
    say(`Now at place ${[...list.children].indexOf(item) + 1}.`)
  }
  list.addEventListener('click', (event) => {
    const way = event.target.dataset.move
    if (way) move(event.target.closest('li'), way)
  })
  list.addEventListener('keydown', (event) => {
    const way = { ArrowUp: 'up', ArrowDown: 'down' }[event.key]
    if (!event.altKey || !way || event.target.tagName !== 'LI') return
    event.preventDefault()
    move(event.target, way)
  })
  let dragged
  list.addEventListener('dragstart', (event) => {
    dragged = event.target.closest('li')
  })
  list.addEventListener('dragover', (event) => {
    const over = event.target.closest('li')
    if (!dragged || !over) return
    event.preventDefault()
    list.querySelectorAll('.over').forEach((item) => item.classList.remove('over'))
    over.classList.add('over')
  })
  list.addEventListener('drop', (event) => {
    event.preventDefault()
    const over = event.target.closest('li')
    if (!dragged || !over) return
    over.classList.remove('over')
    over.before(dragged)
    moved()
  })
  const keepOrder = async () => {
    const ids = [...list.children].map((item) => item.dataset.id)
    await call('PUT', keep.dataset.order, { ids })
    again('The order is kept.')
  }
  keep.addEventListener('click', () => {
    void run(keep, keepOrder)
  })
}

// A running send.
for (const box of document.querySelectorAll('[data-progress]')) {
  const begin = () => {
    look().catch((error) => say(error.message))
  }
  const look = async () => {
    const { data } = await call('GET', box.dataset.progress)
    const bar = box.querySelector('progress')
    bar.max = Math.max(1, data.owed)
    bar.value = data.settled
    const left = data.secondsLeft === null ? '' : `, ${Math.ceil(data.secondsLeft / 60)} min left`
    box.querySelector('p').textContent =
      `${data.settled} of ${data.owed} settled, ${data.accepted} accepted, ${data.perSecond.toFixed(1)} a second${left}`
    if (data.status === 'sent' || data.status === 'cancelled') location.reload()
    else setTimeout(begin, 2000)
  }
  begin()
}

// Growth.
const chart = document.querySelector('[data-chart]')
if (chart) {
  const { default: UPlot } = await import('/admin/chart/uPlot.esm.js')
  const days = JSON.parse(chart.dataset.chart)
  let plot
  const draw = () => {
    plot?.destroy()
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--hairline'), width: 1 },
      ticks: { show: false },
    }
    plot = new UPlot(
      {
        width: chart.clientWidth,
        height: 180,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          y: {
            range: (_, low, high) => [
              Math.max(0, low - (high - low || 1) * 0.1),
              high + (high - low || 1) * 0.1,
            ],
          },
        },
        axes: [
          {
            ...axis,
            values: (_, marks) => marks.map((at) => new Date(at * 1000).toISOString().slice(5, 10)),
          },
          { ...axis, size: 56 },
        ],
        series: [{}, { stroke: colour('--accent'), width: 2, points: { show: false } }],
      },
      [days.map(({ day }) => Date.parse(day) / 1000), days.map(({ active }) => active)],
      chart,
    )
  }
  draw()
  addEventListener('resize', draw)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
}
