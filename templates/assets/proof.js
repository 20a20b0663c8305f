// Has the sum done that a busy sign-up asks for, tells how far it is, and then sends the form.
const form = document.querySelector('form[data-challenge]')
const button = form.querySelector('button')
const told = document.querySelector('#proof-told')
const bar = document.querySelector('#proof-bar')
const challenge = JSON.parse(form.dataset.challenge)

function finish(words) {
  bar.hidden = true
  button.disabled = false
  told.textContent = words
}

const fail = () => finish('The sum did not work out. Please try again in a minute.')

function succeed(number) {
  const { email, altcha } = form.elements
  const { algorithm, salt, signature } = challenge
  altcha.value = btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature }))
  // Who is at the address again decides when it goes.
  if (email.value !== email.defaultValue || document.activeElement === email) {
    finish('Done. Press Subscribe, and you are through.')
    return
  }
  finish('Done: you are being signed up.')
  form.requestSubmit()
}

function prove() {
  button.disabled = true
  bar.hidden = false
  told.textContent = 'Your browser is at it. This takes some seconds; you need not do anything.'
  const worker = new Worker(form.dataset.sum, { type: 'module' })
  const end = (then) => {
    worker.terminate()
    then()
  }
  worker.addEventListener('error', () => end(fail))
  worker.addEventListener('message', ({ data }) => {
    if (data.failed) end(fail)
    else if (data.number !== undefined) end(() => succeed(data.number))
    else bar.value = data.part
  })
  worker.postMessage(challenge, [])
}

// Browsers keep the means for it from pages that came without TLS.
if (crypto.subtle) prove()
else finish('This page came without HTTPS, where no sums are done. Please try again in a few minutes.')
