// A running send: its bar, its words and the report below are read anew together.
import { complain, refresh } from './call.js'

const everyMs = 2000
const boxes = '.progress[data-status]'

export function followSends() {
  if (document.querySelector(boxes)) setTimeout(() => void look(), everyMs)
}

const statesOf = (page) =>
  [...page.querySelectorAll(boxes)].map(({ dataset }) => `${dataset.live} ${dataset.status}`).join()

/** Looks again until a state is another one: then the page has other buttons. */
async function look() {
  try {
    if (statesOf(await refresh()) !== statesOf(document)) return location.reload()
    setTimeout(() => void look(), everyMs)
  } catch (error) {
    complain(error)
  }
  return undefined
}
