// The sum itself, in a worker so that the page stays alive: finds the number whose hash is the challenge.

// So many at once: browsers spread them over their threads.
const atOnce = 250

const encoder = new TextEncoder()

async function solve({ salt, challenge, maxnumber }) {
  const wanted = Uint8Array.from(challenge.match(/../g), (byte) => Number.parseInt(byte, 16))
  const fits = async (number) => {
    const digest = await crypto.subtle.digest('SHA-256', encoder.encode(salt + number))
    return new Uint8Array(digest).every((byte, at) => byte === wanted[at])
  }
  for (let from = 0; from <= maxnumber; from += atOnce) {
    const tried = await Promise.all(Array.from({ length: atOnce }, (_, at) => fits(from + at)))
    if (tried.includes(true)) return from + tried.indexOf(true)
    postMessage({ part: from / maxnumber })
  }
  throw new Error('no number solves it')
}

addEventListener('message', ({ data }) => {
  solve(data).then(
    (number) => postMessage({ number }),
    () => postMessage({ failed: true }),
  )
})
