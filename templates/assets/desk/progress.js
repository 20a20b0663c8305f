// A running send: how far it is, how fast it goes, how long it will take.
import { call, complain } from './call.js'

const everyMs = 2000
const number = new Intl.NumberFormat('en-US')

export function followSends() {
  for (const box of document.querySelectorAll('[data-progress]')) begin(box)
}

function begin(box) {
  look(box).catch(complain)
}

/** Looks again until the state is another one: then the page has other buttons. */
async function look(box) {
  const { data } = await call('GET', box.dataset.progress)
  if (data.status !== box.dataset.status) return location.reload()
  const bar = box.querySelector('progress')
  bar.max = Math.max(1, data.owed)
  bar.value = data.settled
  box.querySelector('p').textContent = data.owed === 0 ? 'No worker has taken it up yet.' : inWords(data)
  setTimeout(begin, everyMs, box)
}

function inWords({ status, owed, settled, accepted, perSecond, secondsLeft }) {
  const parts = [
    `${number.format(settled)} of ${number.format(owed)} settled`,
    `${number.format(accepted)} accepted`,
  ]
  if (status === 'sending') parts.push(`${number.format(Math.round(perSecond))} a second`)
  if (status === 'sending' && secondsLeft !== null) parts.push(`${spanOf(secondsLeft)} left`)
  return parts.join(' · ')
}

function spanOf(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
