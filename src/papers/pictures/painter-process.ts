/** The process in which strangers' pictures are decoded: what breaks it breaks nothing else, and its memory goes with it. */
import { setPriority } from 'node:os'
import { messageOf } from '../../errors.js'
import type { Answer, Task } from './painter.js'
import { openStudio } from './studio.js'

/** Mail goes first. */
const priority = 10

const answer = (given: Answer) => void process.send?.(given)

try {
  setPriority(priority)
} catch {
  // A sandbox may forbid it.
}
try {
  const studio = await openStudio()
  process.on('message', (task: Task) => {
    const work = 'svg' in task ? studio.card(task.svg) : studio.shrink(task.bytes)
    work.then(
      (drawn) => answer({ drawn }),
      (error: unknown) => answer({ fault: messageOf(error) }),
    )
  })
  answer({ ready: true })
} catch (error) {
  answer({ broken: messageOf(error) })
}
