/** Pictures of papers under names that change with their bytes: the same for every reader, so that they track nobody. */
import { LRUCache } from 'lru-cache'
import { Type } from 'typebox'
import { Problem } from '../../../errors.js'
import { readPicture } from '../../../papers/pictures/store.js'
import type { Routes } from '../../contract/routes.js'
import { binaryAnswer, problems } from '../../contract/schemas.js'

/** The lead of a mail is asked for by all its readers at once. */
const roomFor = 16 * 1024 * 1024

/** Without regard to PICTURES: mails that are out name them. */
export const pictureRoutes: Routes = async (app, { services }) => {
  const kept = new LRUCache<string, Buffer>({ maxSize: roomFor, sizeCalculation: ({ length }) => length })

  app.get('/pictures/:hash.jpg', { schema }, async (request, reply) => {
    const { hash } = request.params
    const bytes = kept.get(hash) ?? (await readPicture(services.db, hash))
    if (!bytes) throw new Problem('not-found', 'There is no such picture.')
    kept.set(hash, bytes)
    return (
      reply
        .type('image/jpeg')
        .header('cache-control', 'public, max-age=31536000, immutable')
        // A mailbox in the browser shows it on a page of its own.
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(bytes)
    )
  })
}

const schema = {
  summary: 'A picture of a paper',
  description: 'What stands under a name never changes.',
  tags: ['pages'],
  params: Type.Object({
    hash: Type.String({ pattern: '^[0-9a-f]{32}$', examples: ['0123456789abcdef0123456789abcdef'] }),
  }),
  response: { 200: binaryAnswer('image/jpeg', 'The picture'), ...problems('not-found') },
}
