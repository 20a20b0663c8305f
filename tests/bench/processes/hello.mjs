/** Fastify saying hello, as bare as it comes: what pages from the cache are measured against. */
import fastify from 'fastify'

const app = fastify()
app.get('/', () => 'hello')
process.send(await app.listen({ host: '127.0.0.1', port: 0 }))
