// The import of a CSV: sent, then followed until its end.
import { again, call, refresh, run, say } from './call.js'

const form = document.querySelector('form[data-upload]')
const shown = document.getElementById('import-progress')
const bar = shown?.querySelector('progress')
const number = new Intl.NumberFormat('en-US')

export function watchImport() {
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    void run(event.submitter, upload)
  })
}

async function upload() {
  const file = form.elements.file.files[0]
  shown.hidden = false
  bar.removeAttribute('value')
  tell('The file is being sent …')
  try {
    const lines = await countLines(file)
    const sent = await call('POST', `/imports?${wishes()}`, file, { 'content-type': 'text/csv' })
    await finish(await follow(sent.data, lines))
  } catch (error) {
    shown.hidden = true
    throw error
  }
}

/** What the form says but for the file; empty fields are left out. */
function wishes() {
  const fields = [...form.elements].filter(({ name, type }) => name && type !== 'file')
  const pairs = fields.map(({ name, type, checked, value }) => [
    name,
    type === 'checkbox' ? String(checked) : value,
  ])
  return new URLSearchParams(pairs.filter(([, value]) => value !== ''))
}

async function follow(run, lines) {
  bar.max = Math.max(1, lines)
  while (run.status === 'running') {
    bar.value = run.rows
    tell(`${number.format(run.rows)} of about ${number.format(lines)} rows: ${counts(run)} …`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    run = (await call('GET', `/imports/${run.id}`)).data
  }
  return run
}

const counts = ({ added, changed, unchanged, faulty }) =>
  [
    `${number.format(added)} added`,
    `${number.format(changed)} changed`,
    `${number.format(unchanged)} the same`,
    `${number.format(faulty)} left out`,
  ].join(', ')

/** After a dry run the file stays chosen, so that the import is one press away. */
async function finish(run) {
  await refresh()
  if (run.fault) throw new Error(run.fault)
  const text = `${number.format(run.rows)} ${run.rows === 1 ? 'row' : 'rows'}: ${counts(run)}.`
  if (!run.dryRun) return again(text, undefined, form)
  bar.value = bar.max
  say(`Dry run, nothing was changed. ${text}`)
  tell(`${text} It was read as ${run.reading}.`)
  if (run.faulty === 0) return undefined
  const link = document.createElement('a')
  link.href = `/api/v1/admin/imports/${run.id}/faults.csv`
  link.textContent = 'The rows left out'
  shown.querySelector('p').append(' ', link)
}

function tell(text) {
  shown.querySelector('p').textContent = text
}

/** Lines of data, the header aside. */
async function countLines(file) {
  let lines = 0
  let ended = true
  for (const reader = file.stream().getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) return Math.max(0, lines - (ended ? 1 : 0))
    for (const byte of value) if (byte === 10) lines += 1
    ended = value.at(-1) === 10
  }
}
