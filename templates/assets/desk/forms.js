// Forms that are one call: `data-form="PATCH /subscribers/17"`; their fields say what they become in its body.
import { ask } from './ask.js'
import { keepMoved } from './order.js'
import { again, call, complain, run, say, showKey } from './call.js'
import { isUntouched } from './typed.js'

/** How a field is read, by its `data-as`; undefined leaves it out. */
const readers = {
  text: ({ value }) => value || undefined,
  'text-or-null': ({ value }) => value || null,
  'text-or-empty': ({ value }) => value,
  number: ({ value }) => Number(value),
  'number-or-null': ({ value }) => (value === '' ? null : Number(value)),
  percent: ({ value }) => Number(value) / 100,
  boolean: ({ checked }) => checked,
  instant: ({ value }) => (value ? `${value.slice(0, 16)}:00Z` : undefined),
  lines: linesOf,
  'event-webhooks': (field) =>
    linesOf(field).map((line) => eventWebhook(line, field.dataset.types.split(' '))),
  'lines-if-any': (field) => (field.value.trim() ? linesOf(field) : undefined),
}

function linesOf({ value }) {
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** `https://example.org/hook subscriber.left`: a URL and what it is told of, all where nothing is said. */
function eventWebhook(line, all) {
  const [url, ...types] = line.split(/[\s,]+/).filter(Boolean)
  return { url, types: types.length > 0 ? types : all }
}

// A change is refused when somebody else changed the same since this page was read.
const tags = new WeakMap()

export function watchForms() {
  for (const form of document.querySelectorAll('form[data-match]')) {
    call('GET', form.dataset.match).then(({ etag }) => tags.set(form, etag), complain)
  }
  for (const form of document.querySelectorAll('form[data-some]')) needSome(form)
  document.addEventListener('submit', (event) => {
    if (!event.target.dataset.form) return
    event.preventDefault()
    void submit(event.target, event.submitter)
  })
}

/** The button of a form is off while none of its choices is ticked. */
function needSome(form) {
  const button = form.querySelector('button[type=submit]')
  const choices = [...form.querySelectorAll(`input[name="${form.dataset.some}"]`)]
  const judge = () => {
    button.disabled = !choices.some(({ checked }) => checked)
  }
  form.addEventListener('change', judge)
  judge()
}

async function submit(form, button) {
  const label = button.textContent.trim()
  const why = form.dataset.ask ? await ask(form.dataset, label) : ''
  if (why === undefined) return
  await run(button, async () => {
    const [method, path] = form.dataset.form.split(' ')
    const tag = tags.get(form)
    const { body, query } = readFields(form, method === 'PATCH')
    if (method === 'PATCH' && Object.keys(body).every((name) => name === 'reason')) {
      return say('Nothing was changed.')
    }
    if (why) body.reason = why
    const kept = await keepMoved()
    const { data } = await call(method, path + query, body, tag ? { 'if-match': tag } : {})
    if (data.outcome && data.outcome !== 'accepted') throw new Error(notSent(data))
    if (data.key) await showKey(data.key)
    else again(`${kept} ${doneWith(button, label, data)}`.trim(), form.dataset.then, form)
    return undefined
  })
}

function doneWith(button, label, { reply, retried }) {
  if (retried === 0) return 'None of them can be sent: nothing is due again.'
  if (retried !== undefined) return `${retried === 1 ? '1 mail is' : `${retried} mails are`} due again.`
  if (reply !== undefined) return `The test mail is accepted. The relay said: ${reply}`
  return button.dataset.done ?? `Done: ${label}.`
}

/** A test mail that no relay has taken. Without a relay there was no try, and the words are why. */
function notSent({ outcome, relay, reply }) {
  const waits = outcome === 'deferred' || outcome === 'due'
  const fate = waits
    ? `is ${outcome === 'due' ? 'not sent yet' : 'deferred'} and will be tried again`
    : `was not sent: it is ${outcome.replace('_', ' ')}`
  if (!reply) return `The test mail ${fate}.`
  return relay === 'none'
    ? `The test mail ${fate} (${reply}).`
    : `The test mail ${fate}. The relay said: ${reply}`
}

/** @param changed - leaves out the fields that are as the page brought them. */
function readFields(form, changed) {
  const body = {}
  const query = new URLSearchParams()
  for (const field of form.elements) {
    if (!field.name || (changed && isUntouched(field))) continue
    if (field.dataset.as === 'list') addToList(body, field)
    else {
      const value = readers[field.dataset.as ?? 'text'](field)
      if (value === undefined) continue
      if (field.dataset.query === undefined) place(body, field.name.split('.'), value)
      else query.set(field.name, value)
    }
  }
  return { body, query: query.size ? `?${query}` : '' }
}

function addToList(body, { name, checked, value }) {
  body[name] ??= []
  if (checked) body[name].push(value)
}

/** `gates.sameShare` is a field within a field. */
function place(body, [name, ...rest], value) {
  if (rest.length === 0) body[name] = value
  else place((body[name] ??= {}), rest, value)
}
