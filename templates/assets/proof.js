// Does the sum that a busy sign-up asks for, fills it into the form and lets it be sent.
const form = document.querySelector('form[data-challenge]')
const button = form?.querySelector('button')
const told = document.querySelector('#proof-told')

async function solve({ salt, challenge, maxnumber }) {
  const encoder = new TextEncoder()
  for (let number = 0; number <= maxnumber; number += 1) {
    const digest = await crypto.subtle.digest('SHA-256', encoder.encode(salt + number))
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    if (hex === challenge) return number
  }
  throw new Error('no number solves it')
}

if (form && crypto.subtle) {
  const challenge = JSON.parse(form.dataset.challenge)
  button.disabled = true
  told.textContent = 'Your browser is doing a small sum…'
  solve(challenge).then(
    (number) => {
      const { algorithm, salt, signature } = challenge
      form.elements.altcha.value = btoa(
        JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature }),
      )
      button.disabled = false
      told.textContent = 'Done. Press the button once more, and you are through.'
      button.focus()
    },
    () => {
      button.disabled = false
      told.textContent = 'The sum did not work out. Please try again in a minute.'
    },
  )
}
