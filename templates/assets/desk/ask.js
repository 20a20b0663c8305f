// Asks before what is hard to take back, and for the reason that goes into the audit log.
const dialog = document.getElementById('ask')
const why = document.getElementById('ask-why')

/** The reason, which may be empty; undefined when it was left. `words` are the data attributes of what was pressed. */
export function ask(words, label) {
  const needed = words.reason !== undefined
  document.getElementById('ask-title').textContent = words.ask
  document.getElementById('ask-tell').textContent = words.tell ?? ''
  document.getElementById('ask-label').textContent = needed
    ? 'Reason, for the audit log'
    : 'Reason, for the audit log (may be left out)'
  document.getElementById('ask-yes').textContent = label
  document.getElementById('ask-no').textContent = words.keep ?? 'Leave it'
  why.required = needed
  why.value = ''
  dialog.returnValue = 'no'
  dialog.showModal()
  why.focus()
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === 'yes' ? why.value.trim() : undefined)
    dialog.addEventListener('close', answer, { once: true })
  })
}
