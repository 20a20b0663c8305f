/**
 * Sets the process's zone to UTC: node-cron reckons in it whatever zone it is told, and stands still for the hour
 * that autumn repeats.
 */
export function reckonInUtc(): void {
  process.env['TZ'] = 'UTC'
}
