/** The API process as it is, on the database of the message it is sent. */
import { startApi } from '../../../dist/api.js'
import { readConfig } from '../../../dist/config/config.js'
import { openServices } from '../../../dist/services.js'

async function start(env) {
  const services = await openServices(readConfig(env), env.DATABASE_URL)
  const { url } = await startApi(services)
  process.send(url)
}

process.once('message', (env) => void start(env))
