/** Lets the server end by itself when nobody holds it any more, since whoever is killed with -9 stops nothing. */
import { join } from 'node:path'
import pg from 'pg'
import type { Place } from './place.js'
import { gate, type Hold, holder } from './server.js'

const watcher = 'daily-papers watcher'
// Whoever has it watches; for the others there is nothing to do.
const watch = 7_209_114_509

/** Seconds between two looks; the third in a row that finds nobody ends the server. */
export const usualLooks = 10

/**
 * Starts a loop within the server, unless one runs. It goes on in its backend when this process has gone, however
 * that ended: a backend that never reads from its connection does not notice. Each look is a transaction of its own,
 * so that nothing old is kept from being vacuumed.
 */
export async function watchHolders(
  place: Place,
  { port, password }: Hold,
  everySeconds: number,
): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: watcher,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const ended = client.query(loopOf(place, everySeconds)).catch(() => {})
    // It keeps no process alive.
    ;(client as pg.Client & { unref(): void }).unref()
    void ended.then(() => client.end()).catch(() => {})
  } catch {
    // The server is going; the next to hold it tries again.
  }
}

function loopOf({ folder, binaries }: Place, everySeconds: number): string {
  const program = join(binaries.folder, 'bin', 'pg_ctl')
  const stop = `${quoted(program)} stop --mode=fast --no-wait --pgdata=${quoted(join(folder, 'cluster'))} >${nowhere} 2>&1`
  return `DO $watch$
    DECLARE nobody int := 0;
    BEGIN
      IF NOT pg_try_advisory_lock(${watch}) THEN RETURN; END IF;
      LOOP
        PERFORM pg_sleep(${everySeconds});
        COMMIT;
        PERFORM pg_advisory_xact_lock(${gate});
        IF EXISTS (SELECT FROM pg_stat_activity WHERE application_name = '${holder}') THEN nobody := 0;
        ELSE nobody := nobody + 1;
        END IF;
        IF nobody = 3 THEN
          COPY (SELECT 1) TO PROGRAM $stop$${stop}$stop$;
          PERFORM pg_sleep(60);
        END IF;
        COMMIT;
      END LOOP;
    END $watch$`
}

const nowhere = process.platform === 'win32' ? 'NUL' : '/dev/null'

/** For the shell of the platform. */
const quoted = (path: string): string =>
  process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", `'\\''`)}'`
