/** What the buttons of the reading list do. */
import type { FastifyRequest } from 'fastify'
import type { Services } from '../../../services.js'
import { endFeed, openFeed, setReminder } from '../../../subscribers/feedback/reading-list.js'
import { say } from '../../../subscribers/feedback/say.js'
import { type Fields, fieldsOf } from '../step/request.js'

/** @returns what was done, for the reader. */
export async function act(services: Services, request: FastifyRequest, id: number): Promise<string> {
  const fields = fieldsOf(request)
  return services.db.transaction('request', async (tx) => {
    switch (fields['action']) {
      case 'remove':
        await say(tx, services.clock, id, [
          { paperId: fields['paper'] ?? '', answer: answerIn(fields), saved: false },
        ])
        return 'Taken off the list.'
      case 'open-feed':
        await openFeed(tx, services.secrets, id)
        return 'Here is the address of your feed. One that there was before works no more.'
      case 'end-feed':
        await endFeed(tx, id)
        return 'The feed’s address works no more.'
      case 'remind':
      case 'remind-not':
        await setReminder(tx, id, fields['action'] === 'remind')
        return fields['action'] === 'remind' ? 'A reminder comes on Fridays.' : 'No reminder comes any more.'
      default:
        return 'Nothing was changed.'
    }
  })
}

const answerIn = ({ answer }: Fields) => (answer === 'more' || answer === 'less' ? answer : null)
